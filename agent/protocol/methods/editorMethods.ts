import { z } from "zod";
import { EditorState, KeptEditorState } from "../editorState.ts";
import { done, project, snapshotId } from "./shapes.ts";
import type { MethodTable } from "./methodTable.ts";

export const editorMethods = {
  /** What the client's window shows now: entries made from now on keep it, until the client says something else or goes. */
  "editor/keep": { params: z.object({ project, state: EditorState }), result: done },
  /** What windows showed when an entry was made, those kept last first; empty when nothing is known. */
  "editor/show": {
    params: z.object({ project, snapshotId }),
    result: z.object({ windows: z.array(KeptEditorState) }),
  },
} as const satisfies MethodTable;
