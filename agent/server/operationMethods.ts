import type { OperationService } from "../projects/operationService.ts";
import type { Handlers } from "./handlers.ts";

type OperationMethods = Pick<Handlers, Extract<keyof Handlers, `operations/${string}`>>;

export function operationMethods(operations: OperationService): OperationMethods {
  return {
    "operations/list": (page) => operations.list(page),
    "operations/undo": (wish, call) => operations.undo(wish, call),
  };
}
