import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import type { AgentClient } from "../../../agent/protocol/client/agentClient.ts";
import { connectAgent } from "../../../agent/protocol/client/connectAgent.ts";
import type { Entry } from "../../../agent/protocol/entry.ts";
import type { Project } from "../../../agent/protocol/project.ts";
import { forkpointHome } from "../../../agent/protocol/home.ts";
import type { ForkpointApi } from "../../../extension/api.ts";
import { eventually } from "./eventually.ts";

/** The project that this window was opened on, through the extension, the agent, and the disk. */
export class OpenProject {
  readonly api: ForkpointApi;
  readonly project: Project;
  /** A connection of the test's own, as another window would have. */
  readonly agent: AgentClient;

  private constructor(api: ForkpointApi, project: Project, agent: AgentClient) {
    this.api = api;
    this.project = project;
    this.agent = agent;
  }

  /** Waits until the extension has found the project. */
  static async open(): Promise<OpenProject> {
    const api = await extensionApi();
    const state = await eventually("a window that is ready", () => api.state.kind === "ready" && api.state);
    const project = state.project;
    await eventually("the timeline's entries", () => api.entries.length > 0);
    return new OpenProject(api, project, await anotherClient());
  }

  /** Runs a command of the extension. */
  async run<T>(command: string, argument?: unknown): Promise<T> {
    return vscode.commands.executeCommand<T>(`forkpoint.${command}`, argument);
  }

  /** Takes a snapshot by the command; fails when nothing had changed. */
  async snapshot(label: string): Promise<Entry> {
    const entry = await this.run<Entry | null>("takeSnapshot", { label });
    assert.ok(entry, "nothing had changed");
    return entry;
  }

  uri(path: string): vscode.Uri {
    return vscode.Uri.file(join(this.project.path, path));
  }
  read(path: string): string {
    return readFileSync(join(this.project.path, path), "utf8");
  }
  write(path: string, text: string): void {
    writeFileSync(join(this.project.path, path), text);
  }
  has(path: string): boolean {
    return existsSync(join(this.project.path, path));
  }
  remove(path: string): void {
    rmSync(join(this.project.path, path), { recursive: true });
  }

  dispose(): void {
    this.agent.dispose();
  }
}

export async function extensionApi(): Promise<ForkpointApi> {
  const extension = vscode.extensions.getExtension<ForkpointApi>("forkpoint.forkpoint");
  assert.ok(extension, "the extension is not there");
  return extension.activate();
}

/** Connects to the agent that the extension works with, without starting one. */
export function anotherClient(): Promise<AgentClient> {
  return connectAgent({
    home: forkpointHome(process.env),
    client: "test",
    signal: new AbortController().signal,
  });
}

/** Sets settings of the user for as long as the tests of a suite run. */
export function withSettings(settings: Readonly<Record<string, unknown>>): void {
  const apply = async (value: (name: string) => unknown) => {
    for (const name of Object.keys(settings)) {
      await vscode.workspace
        .getConfiguration("forkpoint")
        .update(name, value(name), vscode.ConfigurationTarget.Global);
    }
  };
  before(() => apply((name) => settings[name]));
  after(() => apply(() => undefined));
}
