import "../language.ts";
import * as l10n from "@vscode/l10n";
import { HealthRequest, HealthState } from "../../extension/panels/healthMessages.ts";
import { element } from "../element.ts";
import { Host } from "../host.ts";
import pageStyles from "../page.css";
import { useStyles } from "../styles.ts";
import healthStyles from "./health.css";
import { agentSection, checksSection, logSection, poolsSection, storeSection } from "./sections.ts";

useStyles(pageStyles, healthStyles);

const page = document.getElementById("page") ?? document.body;
const host = new Host(HealthState, HealthRequest, draw);

const title = element("h1", {}, l10n.t("Health"));
const refresh = element(
  "button",
  { class: "quiet", attributes: { type: "button" }, onClick: () => host.post({ type: "refresh" }) },
  l10n.t("Check again"),
);
const summary = element("section", { class: "summary", attributes: { role: "status" } });
const sections = element("div", { class: "sections" });
page.append(element("header", {}, title, refresh), summary, sections);
host.post({ type: "ready" });

function draw(state: HealthState): void {
  const { tone, word, message, buttons, project, machine, checks, log } = state;
  const run = (command: (typeof buttons)[number]["command"]) => () => host.post({ type: "run", command });
  title.textContent = project ? l10n.t("Health of {project}", { project: project.slug }) : l10n.t("Health");
  summary.className = `summary ${tone}`;
  summary.replaceChildren(
    element("h2", {}, word),
    element("p", {}, message),
    element(
      "div",
      { class: "actions" },
      ...buttons.map(({ command, title: words }, index) =>
        element(
          "button",
          { class: index === 0 ? "" : "quiet", attributes: { type: "button" }, onClick: run(command) },
          words,
        ),
      ),
    ),
  );
  const open = sections.querySelector("details")?.open ?? false;
  sections.replaceChildren(
    ...(machine
      ? [
          storeSection(machine, run),
          poolsSection(machine.pools, run),
          agentSection(machine.agent, project, run),
        ]
      : []),
    ...(checks ? [checksSection(checks, run)] : []),
    ...(log ? [logSection(log, open, run("forkpoint.showLog"))] : []),
  );
}
