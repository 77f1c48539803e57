import type { Tool } from "./tool.ts";
import { diffTool } from "./tools/diff.ts";
import { forkTool } from "./tools/fork.ts";
import { restoreTool } from "./tools/restore.ts";
import { showTool } from "./tools/show.ts";
import { snapshotTool } from "./tools/snapshot.ts";
import { timelineTool } from "./tools/timeline.ts";

/** In the order in which clients show them. */
export const tools: readonly Tool[] = [timelineTool, snapshotTool, diffTool, showTool, forkTool, restoreTool];
