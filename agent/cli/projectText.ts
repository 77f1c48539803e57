import type { Pool } from "../protocol/pool.ts";
import type { Project } from "../protocol/project.ts";
import type { Store } from "../protocol/store.ts";
import { oneLine } from "./oneLine.ts";
import { facts, table } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { ago, bytes, plural } from "./wording.ts";

export function projectText(project: Project, terminal: Terminal): string {
  const { forkedFrom, nestedSubvolumes } = project;
  return facts([
    ["Project", terminal.paint("bold", project.slug)],
    ["Id", project.projectId],
    ["Folder", oneLine(project.path)],
    ["Made", ago(project.createdAt, terminal.now())],
    ["Forked from", forkedFrom && `${forkedFrom.slug ?? forkedFrom.projectId} at ${forkedFrom.snapshotId}`],
    ["Stands on", project.headSnapshotId],
    ["Not in snapshots", nestedSubvolumes.length === 0 ? null : nestedSubvolumes.map(oneLine).join(", ")],
  ]);
}

export function projectTable(projects: readonly Project[], terminal: Terminal): string {
  const rows = projects.map(({ slug, projectId, createdAt, forkedFrom, path }) => [
    terminal.paint("bold", slug),
    projectId,
    ago(createdAt, terminal.now()),
    forkedFrom ? (forkedFrom.slug ?? forkedFrom.projectId) : "",
    oneLine(path),
  ]);
  return table(["PROJECT", "ID", "MADE", "FORKED FROM", "FOLDER"], rows);
}

export function poolTable(pools: readonly Pool[]): string {
  const size = (count: number | null) => (count === null ? "?" : bytes(count));
  const rows = pools.map((pool) => [
    pool.poolId,
    pool.state,
    size(pool.freeBytes),
    size(pool.totalBytes),
    pool.metadataUsedRatio === null ? "?" : `${Math.round(pool.metadataUsedRatio * 100)} %`,
    pool.path,
    pool.image ?? "",
  ]);
  return table(["POOL", "STATE", "FREE", "SIZE", "METADATA", "FOLDER", "IMAGE"], rows);
}

export function storeText(store: Store, terminal: Terminal): string {
  const { tidying } = store;
  const state = store.state === "ok" ? terminal.paint("green", "ok") : terminal.paint("yellow", store.state);
  return facts([
    ["Store", store.url],
    ["State", state],
    ["Checked", store.checkedAt && ago(store.checkedAt, terminal.now())],
    ["Pushing", store.paused ? terminal.paint("yellow", "paused") : null],
    ["Limits", limitsText(store.limits)],
    ["Tidied by itself", tidying.everyHours === null ? null : tidyingText(tidying, terminal)],
    ["Encrypted", store.encrypted ? "yes" : "no"],
    ["Several machines may write", yesNo(store.conditionalWrites)],
    ["Message", store.message],
  ]);
}

/** null when there are none. */
export function limitsText({ upload, download }: Store["limits"]): string | null {
  const parts = [
    upload === null ? [] : `${bytes(upload)}/s sent`,
    download === null ? [] : `${bytes(download)}/s fetched`,
  ].flat();
  return parts.length === 0 ? null : parts.join(", ");
}

/** "every 7 days; last 3 hours ago, 12.0 MiB became free". */
export function tidyingText({ everyHours, last }: Store["tidying"], terminal: Terminal): string {
  const often = everyHours !== null && everyHours % 24 === 0 ? plural(everyHours / 24, "day") : null;
  const parts = [everyHours === null ? "never" : `every ${often ?? plural(everyHours, "hour")}`];
  if (last) {
    const outcome =
      last.problem === null
        ? `${bytes(last.deletedBytes)} became free, ${plural(last.condemnedPacks, "pack")} condemned`
        : `it failed: ${last.problem.replace(/\.$/, "")}`;
    parts.push(`last ${ago(last.at, terminal.now())}, ${outcome}`);
  }
  return parts.join("; ");
}

function yesNo(value: boolean | null): string | null {
  if (value === null) return null;
  return value ? "yes" : "no, it ignores conditional writes";
}
