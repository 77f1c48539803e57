import type { z } from "zod";
import { agentMethods } from "./methods/agentMethods.ts";
import { editorMethods } from "./methods/editorMethods.ts";
import type { MethodTable } from "./methods/methodTable.ts";
import { poolMethods } from "./methods/poolMethods.ts";
import { projectMethods } from "./methods/projectMethods.ts";
import { snapshotMethods } from "./methods/snapshotMethods.ts";
import { storeMethods } from "./methods/storeMethods.ts";
import { timelineMethods } from "./methods/timelineMethods.ts";

/** Raised when a method changes so that an older side would misunderstand it. */
export const protocolVersion = 2;

/** Every request. */
export const methods = {
  ...agentMethods,
  ...poolMethods,
  ...storeMethods,
  ...projectMethods,
  ...snapshotMethods,
  ...editorMethods,
  ...timelineMethods,
} as const satisfies MethodTable;

export type Methods = typeof methods;
export type MethodName = keyof Methods;
/** What a caller writes: fields with a default may be left out. */
export type Params<M extends MethodName> = z.input<Methods[M]["params"]>;
/** What a handler gets: checked, with the defaults filled in. */
export type CheckedParams<M extends MethodName> = z.output<Methods[M]["params"]>;
export type Result<M extends MethodName> = z.output<Methods[M]["result"]>;
