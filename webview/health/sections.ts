import type { AgentInfo, Check, Pool, Store } from "../../agent/protocol/entities.ts";
import type { HealthPageCommand, HealthState } from "../../extension/panels/healthMessages.ts";
import { checkKind, checkRank } from "../../extension/health/checkKind.ts";
import { count } from "../../extension/wording/counts.ts";
import { longDate, relativeTime } from "../../extension/wording/relativeTime.ts";
import { intervalText } from "../../extension/wording/retention.ts";
import { formatBytes } from "../../extension/wording/sizes.ts";
import { element } from "../element.ts";

type Run = (command: HealthPageCommand) => () => void;
type Machine = NonNullable<HealthState["machine"]>;

/** Where the safe copy goes, and how far it is. */
export function storeSection({ store, health }: Machine, run: Run): HTMLElement {
  if (!store) {
    return section(
      "Safe copy",
      element("p", {}, "There is no store yet, so snapshots are on this disk only."),
      actions(button("Set store…", run("forkpoint.setStore"))),
    );
  }
  const { url, checkedAt } = store.store;
  return section(
    "Safe copy",
    facts(
      ["Store", url, "code"],
      ["State", store.text],
      ["Last checked", checkedAt ? relativeTime(checkedAt, Date.now()) : "never"],
      [
        "Last push",
        health.lastPushAt
          ? `${relativeTime(health.lastPushAt, Date.now())}, ${longDate(health.lastPushAt)}`
          : "never",
      ],
      tidied(store.store.tidying),
      ["Still to copy", health.pending === 0 ? "nothing" : count(health.pending, "snapshot")],
    ),
    actions(
      button("Check store", run("forkpoint.checkStore"), "quiet"),
      button("Push now", run("forkpoint.pushNow"), "quiet"),
      button("Set store…", run("forkpoint.setStore"), "quiet"),
      button("Verify…", run("forkpoint.verifyStore"), "quiet"),
      button("Repair…", run("forkpoint.repairStore"), "quiet"),
      button("Tidy…", run("forkpoint.tidyStore"), "quiet"),
      button("What it keeps…", run("forkpoint.chooseStoreRetention"), "quiet"),
      button("When it is tidied…", run("forkpoint.scheduleTidying"), "quiet"),
    ),
  );
}

/** How the store is tidied, by itself or not, and how that went last. */
function tidied({ everyHours, last }: Store["tidying"]): [string, string] {
  const often = everyHours === null ? "when you ask for it" : `by itself every ${intervalText(everyHours)}`;
  if (!last) return ["Tidied", often];
  const outcome = last.problem === null ? `${formatBytes(last.deletedBytes)} became free` : last.problem;
  return ["Tidied", `${often}; last ${relativeTime(last.at, Date.now())}: ${outcome}`];
}

/** The pools with bars of how full they are. */
export function poolsSection(pools: readonly Pool[], run: Run): HTMLElement {
  return section(
    pools.length > 1 ? "Pools" : "Pool",
    ...(pools.length === 0 ? [element("p", {}, "There is no pool yet in which workspaces could live.")] : []),
    ...pools.map(poolBlock),
    actions(
      button("Create pool…", run("forkpoint.createPool"), "quiet"),
      button("Adopt pool…", run("forkpoint.adoptPool"), "quiet"),
    ),
  );
}

const rightsWords = {
  root: "root",
  helper: "an ordinary user's, with the helper",
  none: "an ordinary user's, without the helper",
} as const satisfies Record<AgentInfo["privileges"], string>;

/** The background process, and what it may do. */
export function agentSection(agent: AgentInfo, project: HealthState["project"], run: Run): HTMLElement {
  return section(
    "Agent",
    facts(
      ["Version", agent.version],
      ["Running since", longDate(agent.startedAt)],
      ["Process", String(agent.pid)],
      ["Home", agent.home, "code"],
      ["Rights", rightsWords[agent.privileges]],
      ...(project ? [["Workspace", project.path, "code"] as const] : []),
    ),
    ...(agent.degradations.length === 0
      ? []
      : [element("ul", {}, ...agent.degradations.map((lost) => element("li", {}, lost)))]),
    actions(
      ...(agent.privileges === "none" ? [button("Set up helper…", run("forkpoint.setUpHelper"))] : []),
      button("Restart agent", run("forkpoint.restartAgent"), "quiet"),
      button("Stop agent…", run("forkpoint.stopAgent"), "quiet"),
    ),
  );
}

/** What the doctor found, what is wrong first. */
export function checksSection(checks: readonly Check[], run: Run): HTMLElement {
  const ordered = [...checks].sort((a, b) => checkRank(a) - checkRank(b));
  const wrong = checks.filter(({ ok }) => !ok).length;
  return section(
    wrong === 0 ? "Checks: all is well" : `Checks: ${count(wrong, "thing needs", "things need")} attention`,
    element("ul", { class: "checks" }, ...ordered.map((check) => checkItem(check))),
    actions(
      button("Common problems", run("forkpoint.showProblems"), "quiet"),
      button("Save a support bundle…", run("forkpoint.saveSupportBundle"), "quiet"),
    ),
  );
}

const signs = {
  wrong: ["✗", "Wrong"],
  advice: ["!", "Could be better"],
  ok: ["✓", "Fine"],
} as const;

function checkItem(check: Check): HTMLElement {
  const { name, message, remedy } = check;
  const kind = checkKind(check);
  const [sign, spoken] = signs[kind];
  return element(
    "li",
    { class: kind },
    element("span", { class: "sign", attributes: { role: "img", "aria-label": spoken } }, sign),
    element(
      "span",
      {},
      element("strong", {}, name),
      ` ${message}`,
      remedy ? element("em", {}, remedy) : null,
    ),
  );
}

export function logSection(
  log: NonNullable<HealthState["log"]>,
  open: boolean,
  show: () => void,
): HTMLElement {
  const text = element(
    "pre",
    { attributes: { tabindex: "0", "aria-label": "Newest lines of the log" } },
    log.lines.join("\n"),
  );
  const folded = element("details", {}, element("summary", {}, `Newest lines of ${log.file}`), text);
  folded.open = open;
  return section("Log", folded, actions(button("Show the extension's log", show, "quiet")));
}

function poolBlock(pool: Pool): HTMLElement {
  const { totalBytes, freeBytes, metadataUsedRatio, deviceErrors } = pool;
  const measured = totalBytes !== null && freeBytes !== null && totalBytes > 0;
  return element(
    "div",
    { class: "pool" },
    element("p", {}, element("code", {}, pool.path), pool.state === "mounted" ? "" : ` (${pool.state})`),
    measured
      ? bar(
          "Space",
          1 - freeBytes / totalBytes,
          `${formatBytes(freeBytes)} of ${formatBytes(totalBytes)} free`,
        )
      : null,
    metadataUsedRatio === null
      ? null
      : bar("Metadata", metadataUsedRatio, `${Math.round(metadataUsedRatio * 100)} % of what is set aside`),
    deviceErrors
      ? element("p", { class: "wrong" }, `The disk below reported ${count(deviceErrors, "error")}.`)
      : null,
  );
}

function bar(name: string, ratio: number, words: string): HTMLElement {
  const meter = element("meter", {
    attributes: {
      min: "0",
      max: "1",
      low: "0.8",
      high: "0.9",
      optimum: "0",
      value: String(ratio),
      "aria-label": `${name}: ${words}`,
    },
  });
  return element(
    "div",
    { class: "bar" },
    // The meter's own name says both.
    element("span", { attributes: { "aria-hidden": "true" } }, name),
    meter,
    element("span", { class: "meta", attributes: { "aria-hidden": "true" } }, words),
  );
}

function section(title: string, ...children: readonly (Node | null)[]): HTMLElement {
  return element("section", { attributes: { "aria-label": title } }, element("h2", {}, title), ...children);
}

function facts(...all: readonly (readonly [string, string, string?])[]): HTMLElement {
  return element(
    "dl",
    {},
    ...all.flatMap(([name, value, names]) => [
      element("dt", {}, name),
      element("dd", { class: names ?? "" }, value),
    ]),
  );
}

function actions(...buttons: readonly Node[]): HTMLElement {
  return element("div", { class: "actions" }, ...buttons);
}

function button(title: string, onClick: () => void, names = ""): HTMLButtonElement {
  return element("button", { class: names, attributes: { type: "button" }, onClick }, title);
}
