import { realpath } from "node:fs/promises";
import { homedir } from "node:os";
import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Project } from "../../agent/protocol/project.ts";
import { errorBody } from "../../agent/protocol/errors.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { platformSupported } from "../connection/platform.ts";
import { NextStep } from "../feedback/nextStep.ts";
import { refusedFolder } from "./refusedFolder.ts";
import { snapshotFolder } from "./snapshotFolder.ts";
import { VolumeLocation } from "./volumeLocation.ts";
import { type WindowState, stateContextKey } from "./windowState.ts";

/**
 * The project of this window: the first open folder that lies in a volume. Follows the agent's events,
 * and tells the agent that somebody works here.
 */
export class ProjectSession implements vscode.Disposable {
  readonly #connection: AgentConnection;
  readonly #changed = new vscode.EventEmitter<WindowState>();
  readonly onDidChange = this.#changed.event;
  readonly #disposables: readonly { dispose(): unknown }[];
  #state: WindowState = { kind: "connecting" };
  #location: VolumeLocation | undefined;
  #loading: Promise<void> | undefined;
  #again = false;
  /** Whether the agent was told that somebody works here. */
  #worksHere = false;

  constructor(connection: AgentConnection) {
    this.#connection = connection;
    this.#disposables = [
      this.#changed,
      connection.onDidChangeState(() => void this.reload()),
      connection.onDidHear((heard) => {
        if (heard.name === "changed/machine" && heard.body.what !== "store") void this.reload();
        const showsSnapshot = this.#state.kind === "snapshot-folder" || this.#state.kind === "snapshot-gone";
        if (heard.name === "changed/timeline" && showsSnapshot) void this.reload();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => void this.reload()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => void this.reload()),
    ];
  }

  get state(): WindowState {
    return this.#state;
  }

  /** The project, when there is one and the agent is there. */
  get project(): Project | undefined {
    return this.#state.kind === "ready" ? this.#state.project : undefined;
  }

  /** Where the open folder lies in the volume; defined while there is a project. */
  get location(): VolumeLocation | undefined {
    return this.#location;
  }

  /**
   * The project, once everything that can be done without asking was done.
   * @throws NextStep naming what a person has to do first
   */
  async require(): Promise<{ project: Project; location: VolumeLocation }> {
    await this.requireAgent();
    if (this.#state.kind !== "ready") await this.reload();
    const state = this.#state;
    if (state.kind === "ready" && this.#location) return { project: state.project, location: this.#location };
    if (state.kind === "no-helper") {
      throw new NextStep(
        l10n.t("Forkpoint needs its helper before there can be a pool to keep workspaces in."),
        "forkpoint.setUpHelper",
        "forkpoint.adoptPool",
      );
    }
    if (state.kind === "no-pool") {
      throw new NextStep(
        l10n.t("Forkpoint has no pool to keep workspaces in yet. Create one first."),
        "forkpoint.createPool",
        "forkpoint.adoptPool",
      );
    }
    if (state.kind === "refused-folder")
      throw new NextStep(`${state.reason} ${l10n.t("Open the folder of one project instead.")}`);
    if (state.kind === "snapshot-folder" || state.kind === "snapshot-gone")
      throw new NextStep(
        l10n.t("This window shows a snapshot. Open its workspace to work with its timeline."),
      );
    if (state.kind === "no-folder")
      throw new NextStep(l10n.t("Open a folder first; Forkpoint looks after the folder that is open."));
    throw new NextStep(l10n.t("This folder has no timeline yet. Import it first."), "forkpoint.importFolder");
  }

  /**
   * Sees to it that the agent is there.
   * @throws NextStep when this system cannot run it, ForkpointError AGENT_UNREACHABLE
   */
  async requireAgent(): Promise<void> {
    if (!platformSupported(process.platform)) {
      throw new NextStep(
        l10n.t("Forkpoint works on Linux. Open the folder on a Linux side first."),
        "forkpoint.showLinuxHelp",
      );
    }
    if (this.#connection.state.kind === "stopped") {
      throw new NextStep(l10n.t("The Forkpoint agent is stopped."), "forkpoint.startAgent");
    }
    await this.#connection.connect();
    await this.#loading;
  }

  /** Marks the open folder as one the agent refused, with its reason. */
  refuse(reason: string): void {
    this.#become({ kind: "refused-folder", reason });
  }

  /** Finds out again where this window stands. Calls that overlap share the newest answer. */
  reload(): Promise<void> {
    if (this.#loading) {
      this.#again = true;
      return this.#loading;
    }
    this.#loading = this.#loadUntilSettled().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  async #loadUntilSettled(): Promise<void> {
    do {
      this.#again = false;
      this.#become(await this.#find());
    } while (this.#wantedAgain());
  }

  #wantedAgain(): boolean {
    return this.#again;
  }

  async #find(): Promise<WindowState> {
    if (!platformSupported(process.platform)) return { kind: "unsupported-platform" };
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
    if (folders.length === 0) return { kind: "no-folder" };
    const connection = this.#connection.state;
    if (connection.kind === "failed") return { kind: "agent-failed", error: connection.error };
    if (connection.kind === "stopped") return { kind: "agent-stopped" };
    if (connection.kind !== "connected") {
      // It is tried again and again by itself; what is wrong stays in sight meanwhile.
      return this.#state.kind === "agent-failed" ? this.#state : { kind: "connecting" };
    }
    try {
      for (const { uri } of folders) {
        const { project } = await this.#connection.call("project/resolve", { path: uri.fsPath });
        if (!project) continue;
        this.#location = new VolumeLocation(uri.fsPath, await realpath(uri.fsPath), project.path);
        return { kind: "ready", project: await this.#enter(project) };
      }
      const snapshot = folders[0] && snapshotFolder(folders[0].uri.fsPath);
      if (snapshot) return { kind: await this.#kindOf(snapshot) };
      const { pools, agent } = await this.#connection.call("project/status", {});
      const refused = folders[0] && refusedFolder(folders[0].uri.fsPath, homedir());
      if (refused) return { kind: "refused-folder", reason: refused };
      if (pools.length > 0) return { kind: "no-project" };
      return { kind: agent.privileges === "none" ? "no-helper" : "no-pool" };
    } catch (thrown) {
      // When the connection broke meanwhile, its new state starts another reading.
      return { kind: "agent-failed", error: errorBody(thrown) };
    }
  }

  async #kindOf({ projectId, snapshotId }: { projectId: string; snapshotId: string }) {
    try {
      await this.#connection.call("snapshot/show", { project: projectId, snapshotId });
      return "snapshot-folder" as const;
    } catch (thrown) {
      const { code } = errorBody(thrown);
      if (code !== "SNAPSHOT_NOT_FOUND" && code !== "PROJECT_NOT_FOUND") throw thrown;
      return "snapshot-gone" as const;
    }
  }

  /** Says once per connection and project that this window works in it, once its folder is trusted. */
  async #enter(project: Project): Promise<Project> {
    if (!vscode.workspace.isTrusted) return project;
    const known = this.#state.kind === "ready" && this.#state.project.projectId === project.projectId;
    if (known && this.#worksHere) return project;
    this.#worksHere = true;
    return this.#connection.call("project/open", { project: project.projectId });
  }

  #become(state: WindowState): void {
    this.#state = state;
    if (state.kind !== "ready") this.#location = undefined;
    void vscode.commands.executeCommand("setContext", stateContextKey, state.kind);
    this.#changed.fire(state);
  }
}
