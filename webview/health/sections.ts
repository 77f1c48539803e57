import * as l10n from "@vscode/l10n";
import type { AgentInfo } from "../../agent/protocol/agentInfo.ts";
import type { Check } from "../../agent/protocol/health.ts";
import type { Pool } from "../../agent/protocol/pool.ts";
import type { Store } from "../../agent/protocol/store.ts";
import type { HealthPageCommand, HealthState } from "../../extension/panels/healthMessages.ts";
import { checkKind, checkRank } from "../../extension/health/checkKind.ts";
import { plural } from "../../extension/wording/counts.ts";
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
      l10n.t("Safe copy"),
      element("p", {}, l10n.t("There is no store yet, so snapshots are on this disk only.")),
      actions(button(l10n.t("Set store…"), run("forkpoint.setStore"))),
    );
  }
  const { url, checkedAt } = store.store;
  return section(
    l10n.t("Safe copy"),
    facts(
      [l10n.t("Store"), url, "code"],
      [l10n.t("State"), store.text],
      [l10n.t("Last checked"), checkedAt ? relativeTime(checkedAt, Date.now()) : l10n.t("never")],
      [
        l10n.t("Last push"),
        health.lastPushAt
          ? `${relativeTime(health.lastPushAt, Date.now())}, ${longDate(health.lastPushAt)}`
          : l10n.t("never"),
      ],
      tidied(store.store.tidying),
      [
        l10n.t("Still to copy"),
        health.pending === 0
          ? l10n.t("nothing")
          : plural(health.pending, "{count} snapshot", "{count} snapshots"),
      ],
    ),
    actions(
      button(l10n.t("Check store"), run("forkpoint.checkStore"), "quiet"),
      button(l10n.t("Push now"), run("forkpoint.pushNow"), "quiet"),
      button(l10n.t("Set store…"), run("forkpoint.setStore"), "quiet"),
      button(l10n.t("Verify…"), run("forkpoint.verifyStore"), "quiet"),
      button(l10n.t("Repair…"), run("forkpoint.repairStore"), "quiet"),
      button(l10n.t("Tidy…"), run("forkpoint.tidyStore"), "quiet"),
      button(l10n.t("What it keeps…"), run("forkpoint.chooseStoreRetention"), "quiet"),
      button(l10n.t("When it is tidied…"), run("forkpoint.scheduleTidying"), "quiet"),
    ),
  );
}

/** How the store is tidied, by itself or not, and how that went last. */
function tidied({ everyHours, last }: Store["tidying"]): [string, string] {
  const often =
    everyHours === null
      ? l10n.t("when you ask for it")
      : l10n.t("by itself every {interval}", { interval: intervalText(everyHours) });
  if (!last) return [l10n.t("Tidied"), often];
  const outcome =
    last.problem === null
      ? l10n.t("{size} became free", { size: formatBytes(last.deletedBytes) })
      : last.problem;
  return [
    l10n.t("Tidied"),
    l10n.t("{often}; last {when}: {outcome}", { often, when: relativeTime(last.at, Date.now()), outcome }),
  ];
}

/** The pools with bars of how full they are. */
export function poolsSection(pools: readonly Pool[], run: Run): HTMLElement {
  return section(
    pools.length > 1 ? l10n.t("Pools") : l10n.t("Pool"),
    ...(pools.length === 0
      ? [element("p", {}, l10n.t("There is no pool yet in which workspaces could live."))]
      : []),
    ...pools.map(poolBlock),
    actions(
      button(l10n.t("Create pool…"), run("forkpoint.createPool"), "quiet"),
      button(l10n.t("Adopt pool…"), run("forkpoint.adoptPool"), "quiet"),
    ),
  );
}

const rightsWords = {
  root: l10n.t("root"),
  helper: l10n.t("an ordinary user's, with the helper"),
  none: l10n.t("an ordinary user's, without the helper"),
} as const satisfies Record<AgentInfo["privileges"], string>;

/** The background process, and what it may do. */
export function agentSection(agent: AgentInfo, project: HealthState["project"], run: Run): HTMLElement {
  return section(
    l10n.t("Agent"),
    facts(
      [l10n.t("Version"), agent.version],
      [l10n.t("Running since"), longDate(agent.startedAt)],
      [l10n.t("Process"), String(agent.pid)],
      [l10n.t("Home"), agent.home, "code"],
      [l10n.t("Rights"), rightsWords[agent.privileges]],
      ...(project ? [[l10n.t("Workspace"), project.path, "code"] as const] : []),
    ),
    ...(agent.degradations.length === 0
      ? []
      : [element("ul", {}, ...agent.degradations.map((lost) => element("li", {}, lost)))]),
    actions(
      ...(agent.privileges === "none"
        ? [button(l10n.t("Set up helper…"), run("forkpoint.setUpHelper"))]
        : []),
      button(l10n.t("Restart agent"), run("forkpoint.restartAgent"), "quiet"),
      button(l10n.t("Stop agent…"), run("forkpoint.stopAgent"), "quiet"),
    ),
  );
}

/** What the doctor found, what is wrong first. */
export function checksSection(checks: readonly Check[], run: Run): HTMLElement {
  const ordered = [...checks].sort((a, b) => checkRank(a) - checkRank(b));
  const wrong = checks.filter(({ ok }) => !ok).length;
  return section(
    wrong === 0
      ? l10n.t("Checks: all is well")
      : plural(wrong, "Checks: {count} thing needs attention", "Checks: {count} things need attention"),
    element("ul", { class: "checks" }, ...ordered.map((check) => checkItem(check))),
    actions(
      button(l10n.t("Common problems"), run("forkpoint.showProblems"), "quiet"),
      button(l10n.t("Save a support bundle…"), run("forkpoint.saveSupportBundle"), "quiet"),
    ),
  );
}

const signs = {
  wrong: ["✗", l10n.t("Wrong")],
  advice: ["!", l10n.t("Could be better")],
  ok: ["✓", l10n.t("Fine")],
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
    { attributes: { tabindex: "0", "aria-label": l10n.t("Newest lines of the log") } },
    log.lines.join("\n"),
  );
  const folded = element(
    "details",
    {},
    element("summary", {}, l10n.t("Newest lines of {file}", { file: log.file })),
    text,
  );
  folded.open = open;
  return section(l10n.t("Log"), folded, actions(button(l10n.t("Show the extension's log"), show, "quiet")));
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
          l10n.t("Space"),
          1 - freeBytes / totalBytes,
          l10n.t("{free} of {total} free", { free: formatBytes(freeBytes), total: formatBytes(totalBytes) }),
        )
      : null,
    metadataUsedRatio === null
      ? null
      : bar(
          l10n.t("Metadata"),
          metadataUsedRatio,
          l10n.t("{percent} % of what is set aside", { percent: Math.round(metadataUsedRatio * 100) }),
        ),
    deviceErrors
      ? element(
          "p",
          { class: "wrong" },
          plural(
            deviceErrors,
            "The disk below reported {count} error.",
            "The disk below reported {count} errors.",
          ),
        )
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
