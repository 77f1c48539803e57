import * as vscode from "vscode";
import type { Acts } from "./acts.ts";
import { lastGitCommand } from "./reflog.ts";

/** What is used of the built-in Git extension, version 1 of its interface. */
interface GitRepository {
  readonly rootUri: vscode.Uri;
  readonly state: {
    readonly HEAD: { readonly name?: string; readonly commit?: string } | undefined;
    readonly onDidChange: vscode.Event<void>;
  };
}
interface GitApi {
  readonly repositories: readonly GitRepository[];
  readonly onDidOpenRepository: vscode.Event<GitRepository>;
  readonly onDidCloseRepository: vscode.Event<GitRepository>;
}
interface GitExtension {
  readonly enabled: boolean;
  readonly onDidChangeEnablement: vscode.Event<boolean>;
  getAPI(version: 1): GitApi;
}

/**
 * Checkouts, merges, rebases and pulls, wherever they were started, by the moves of HEAD that the built-in Git
 * extension sees. They are over by then: the state before is the one that was kept ready.
 */
export class GitActs implements vscode.Disposable {
  readonly #acts: Acts;
  readonly #log: vscode.LogOutputChannel;
  readonly #watched = new Map<GitRepository, vscode.Disposable>();
  readonly #disposables: vscode.Disposable[] = [];
  #disposed = false;

  constructor(acts: Acts, log: vscode.LogOutputChannel) {
    this.#acts = acts;
    this.#log = log;
    this.#follow().catch((thrown: unknown) => log.warn(`Git cannot be followed: ${String(thrown)}`));
  }

  dispose(): void {
    this.#disposed = true;
    for (const disposable of [...this.#disposables, ...this.#watched.values()]) disposable.dispose();
  }

  async #follow(): Promise<void> {
    const extension = vscode.extensions.getExtension<GitExtension>("vscode.git");
    const git = await extension?.activate();
    if (!git || this.#disposed) return;
    const attach = () => {
      if (!git.enabled || this.#watched.size > 0) return;
      const api = git.getAPI(1);
      for (const repository of api.repositories) this.#watch(repository);
      this.#disposables.push(
        api.onDidOpenRepository((repository) => this.#watch(repository)),
        api.onDidCloseRepository((repository) => this.#leave(repository)),
      );
    };
    this.#disposables.push(git.onDidChangeEnablement(attach));
    attach();
  }

  #watch(repository: GitRepository): void {
    if (this.#watched.has(repository)) return;
    let known = headOf(repository);
    const watching = repository.state.onDidChange(() => {
      const head = headOf(repository);
      if (head === known) return;
      const first = known === "";
      known = head;
      if (first || !this.#acts.holds(repository.rootUri)) return;
      this.#moved(repository.rootUri.fsPath).catch((thrown: unknown) =>
        this.#log.warn(`A move of HEAD cannot be told: ${String(thrown)}`),
      );
    });
    this.#watched.set(repository, watching);
  }

  #leave(repository: GitRepository): void {
    this.#watched.get(repository)?.dispose();
    this.#watched.delete(repository);
  }

  async #moved(root: string): Promise<void> {
    const command = await lastGitCommand(root);
    if (command !== null) await this.#acts.end(this.#acts.begin("git", command, true), 0);
  }
}

/** Empty while it is not known. */
function headOf({ state: { HEAD } }: GitRepository): string {
  return HEAD ? `${HEAD.name ?? ""} ${HEAD.commit ?? ""}` : "";
}
