import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { healthActions } from "../../../agent/protocol/health.ts";
import { actingCommands } from "../../../extension/commands/actingCommandIds.ts";
import { commandTitles } from "../../../extension/commands/commandTitles.ts";
import { healthCommands } from "../../../extension/health/healthText.ts";
import { healthPageCommands } from "../../../extension/panels/healthMessages.ts";
import { timelineCommands } from "../../../extension/panels/timelineMessages.ts";

interface Manifest {
  extensionKind: string[];
  capabilities: {
    virtualWorkspaces: { supported: unknown };
    untrustedWorkspaces: { supported: unknown };
  };
  contributes: {
    commands: { command: string; title: string; category: string; icon?: string; enablement?: string }[];
    menus: Record<string, { command: string; when?: string; group?: string }[]>;
    views: Record<string, { id: string; icon: string }[]>;
    viewsWelcome: { view: string; contents: string; when: string }[];
    keybindings: { command: string }[];
    configuration: { properties: Record<string, { markdownDescription: string; default: unknown }> };
    walkthroughs: { steps: { description: string; media: { markdown: string } }[] }[];
  };
}

const root = join(import.meta.dirname, "../../..");
const texts = JSON.parse(readFileSync(join(root, "package.nls.json"), "utf8")) as Record<string, string>;
const usedTexts: string[] = [];
/** With its texts, as the editor reads it. */
const { contributes, extensionKind, capabilities } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
  (_, value: unknown) => {
    const key = typeof value === "string" && /^%(.+)%$/.exec(value)?.[1];
    if (!key) return value;
    usedTexts.push(key);
    return texts[key];
  },
) as Manifest;
const known = new Set(Object.keys(commandTitles));
const linked = (text: string) =>
  [...text.matchAll(/\(command:(forkpoint\.[\w.]+)\)/g)].map(([, name]) => name);

describe("the manifest", () => {
  it("names the commands that the code names, with the same titles", () => {
    const named = contributes.commands.map(({ command, title }) => [command, title]);
    assert.deepEqual(Object.fromEntries(named), commandTitles);
    assert.equal(named.length, known.size);
    assert.deepEqual(
      contributes.commands.filter(({ category }) => category !== "Forkpoint"),
      [],
    );
  });

  it("takes every text that people read from the file that translators get, which has no other", () => {
    const translated = new Set([
      "title",
      "contents",
      "markdownDescription",
      "userDescription",
      "displayName",
    ]);
    const brand = "Forkpoint";
    const kept: string[] = [];
    JSON.parse(readFileSync(join(root, "package.json"), "utf8"), (key, value: unknown) => {
      if (translated.has(key) && typeof value === "string" && !/^%.+%$/.test(value)) kept.push(value);
      return value;
    });
    assert.deepEqual([...new Set(kept)], [brand]);
    assert.deepEqual([...new Set(usedTexts)].sort(), Object.keys(texts).sort());
  });

  it("starts only commands that exist, from menus, keys, welcome views, the walkthrough and the panels", () => {
    const used = [
      ...Object.values(contributes.menus)
        .flat()
        .map(({ command }) => command),
      ...contributes.keybindings.map(({ command }) => command),
      ...contributes.viewsWelcome.flatMap(({ contents }) => linked(contents)),
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.flatMap((step) => linked(step.description))),
      ...timelineCommands,
      ...healthPageCommands,
      ...Object.values(healthCommands),
    ];
    assert.deepEqual(
      used.filter((command) => !known.has(command ?? "")),
      [],
    );
    assert.ok(used.length > 80);
  });

  it("shows each command in the palette only where it can do something", () => {
    const conditions = new Map(
      contributes.menus["commandPalette"]?.map(({ command, when }) => [command, when]),
    );
    const always = [...known].filter((command) => !conditions.get(command));
    assert.deepEqual(always.sort(), [
      "forkpoint.getStarted",
      "forkpoint.saveSupportBundle",
      "forkpoint.showLog",
      "forkpoint.showProblems",
    ]);
    const onOtherSystems = [...conditions]
      .filter(([, when]) => !when?.includes("unsupported-platform") && !when?.includes("comparing"))
      .filter(([, when]) => when !== "false")
      .map(([command]) => command);
    assert.deepEqual(onOtherSystems, [
      "forkpoint.compareWithSelected",
      "forkpoint.pausePush",
      "forkpoint.resumePush",
      "forkpoint.startAgent",
    ]);
  });

  it("lets commands change something only in a folder that is trusted", () => {
    const guarded = contributes.commands.filter(({ enablement }) =>
      enablement?.includes("isWorkspaceTrusted"),
    );
    assert.deepEqual(guarded.map(({ command }) => command).sort(), [...actingCommands].sort());
  });

  it("gives every command that stands beside a row or in a title an icon", () => {
    const icons = new Map(contributes.commands.map(({ command, icon }) => [command, icon]));
    const shown = Object.values(contributes.menus)
      .flat()
      .filter(({ group }) => group?.startsWith("inline") || group?.startsWith("navigation"));
    assert.ok(shown.length > 8);
    assert.deepEqual(
      shown.filter(({ command }) => !icons.get(command)).map(({ command }) => command),
      [],
    );
  });

  it("offers the same for an entry in the tree and in the panel", () => {
    const offered = (menu: string, isFor: (when: string) => boolean) =>
      contributes.menus[menu]
        ?.filter(({ group, when }) => !group?.startsWith("inline") && isFor(when ?? ""))
        .map(({ command, group }) => [command, group]);
    assert.deepEqual(
      offered("webview/context", (when) => when.includes("webviewSection == entry")),
      offered("view/item/context", (when) => when.startsWith("view == forkpoint.timeline")),
    );
  });

  it("runs where the files are, and in no virtual workspace", () => {
    assert.deepEqual(extensionKind, ["workspace"]);
    assert.equal(capabilities.virtualWorkspaces.supported, false);
    assert.equal(capabilities.untrustedWorkspaces.supported, "limited");
  });

  it("has a command for every action that the agent proposes", () => {
    assert.deepEqual(Object.keys(healthCommands).sort(), [...healthActions].sort());
  });

  it("has a welcome text for every state of a window without a timeline", () => {
    const states = contributes.viewsWelcome
      .filter(({ view }) => view === "forkpoint.timeline")
      .map(({ when }) => /^forkpoint\.state == ([\w-]+)$/.exec(when)?.[1]);
    assert.deepEqual(states.sort(), [
      "agent-failed",
      "agent-stopped",
      "connecting",
      "no-folder",
      "no-helper",
      "no-pool",
      "no-project",
      "refused-folder",
      "snapshot-folder",
      "snapshot-gone",
      "unsupported-platform",
    ]);
  });

  it("describes every setting, and the code reads each of them", () => {
    const sources = readdirSync(join(root, "extension"), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join(root, "extension", file), "utf8"))
      .join("\n");
    for (const [name, { markdownDescription }] of Object.entries(contributes.configuration.properties)) {
      assert.match(markdownDescription, /\.$/, name);
      assert.ok(sources.includes(`"${name.replace("forkpoint.", "")}"`), name);
    }
  });

  it("points only at files that are there", () => {
    const files = [
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.markdown)),
      ...Object.values(contributes.views)
        .flat()
        .map(({ icon }) => icon),
      ...["timeline", "health"].flatMap((name) => [`media/${name}-light.svg`, `media/${name}-dark.svg`]),
    ];
    assert.deepEqual(
      files.filter((file) => !existsSync(join(root, file))),
      [],
    );
  });
});
