const labelColours = {
  writing: "#b8860b",
  people: "#8e5ea2",
  code: "#2f6f9f",
  design: "#c0577a",
  idea: "#6b8e23",
};
const board = document.querySelector("#board");

async function ask(path, method = "GET", body) {
  const response = await fetch(path, {
    method,
    headers: { "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  return response.status === 200 ? response.json() : undefined;
}

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function drawCard(card) {
  const remove = element("button", { textContent: "×", title: `Remove “${card.title}”` });
  remove.addEventListener("click", () => change(`/api/cards/${card.id}`, "DELETE"));
  const drawn = element(
    "article",
    { draggable: true },
    element("h3", { textContent: card.title }),
    element("div", { className: "note", innerHTML: card.html }),
    element(
      "footer",
      {},
      element("span", { textContent: card.label }),
      element("span", { textContent: card.dueText, className: card.late ? "late" : "" }),
      remove,
    ),
  );
  drawn.style.setProperty("--label", labelColours[card.label] ?? "gray");
  drawn.addEventListener("dragstart", (event) => event.dataTransfer.setData("text/plain", card.id));
  return drawn;
}

function drawColumn({ status, title, cards }) {
  const drawn = element(
    "section",
    {},
    element("h2", { textContent: `${title} · ${cards.length}` }),
    ...cards.map(drawCard),
  );
  drawn.addEventListener("dragover", (event) => {
    event.preventDefault();
    drawn.classList.add("over");
  });
  drawn.addEventListener("dragleave", () => drawn.classList.remove("over"));
  drawn.addEventListener("drop", (event) => {
    event.preventDefault();
    change(`/api/cards/${event.dataTransfer.getData("text/plain")}`, "PATCH", { status });
  });
  return drawn;
}

async function draw() {
  try {
    const { columns, visits } = await ask("/api/board");
    board.replaceChildren(...columns.map(drawColumn));
    document.querySelector("#visits").textContent = `opened ${visits} times`;
  } catch (error) {
    board.replaceChildren(element("p", { textContent: `The board cannot be read. ${error.message}` }));
  }
}

async function change(path, method, body) {
  await ask(path, method, body);
  await draw();
}

document.querySelector("#add").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { title } = event.target.elements;
  await change("/api/cards", "POST", { title: title.value });
  title.value = "";
});
await draw();
