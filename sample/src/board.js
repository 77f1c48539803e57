import { formatDistanceToNowStrict, isPast, parseISO } from "date-fns";
import lodash from "lodash";
import { marked } from "marked";

export const columns = [
  { status: "todo", title: "To do" },
  { status: "doing", title: "Doing" },
  { status: "done", title: "Done" },
];

/** The board as the page draws it: columns with their cards in order. */
export function readBoard(database) {
  const cards = database.prepare("SELECT * FROM cards ORDER BY position, id").all();
  const byStatus = lodash.groupBy(cards, "status");
  return columns.map(({ status, title }) => ({ status, title, cards: (byStatus[status] ?? []).map(view) }));
}

function view(card) {
  const due = card.due ? parseISO(card.due) : undefined;
  return {
    ...card,
    html: marked.parse(lodash.escape(card.note)),
    dueText: due ? formatDistanceToNowStrict(due, { addSuffix: true }) : "",
    late: due !== undefined && card.status !== "done" && isPast(due),
  };
}

export function addCard(database, { title, note = "", label = "idea", status = "todo", due = null }) {
  const last = database.prepare("SELECT max(position) AS position FROM cards").get();
  database
    .prepare("INSERT INTO cards (title, note, label, status, due, position) VALUES (?, ?, ?, ?, ?, ?)")
    .run(title, note, label, status, due, (last.position ?? 0) + 1);
}

export function moveCard(database, id, status) {
  if (!columns.some((column) => column.status === status)) return false;
  return database.prepare("UPDATE cards SET status = ? WHERE id = ?").run(status, id).changes === 1;
}

export function removeCard(database, id) {
  return database.prepare("DELETE FROM cards WHERE id = ?").run(id).changes === 1;
}
