import { z } from "zod";
import { AgentInfo } from "../agentInfo.ts";
import { Check } from "../health.ts";
import { SupportFile } from "../support/bundle.ts";
import { none, done } from "./shapes.ts";
import type { MethodTable } from "./methodTable.ts";

export const agentMethods = {
  "agent/hello": {
    params: z.object({ client: z.string().max(100), version: z.string().max(50) }),
    result: AgentInfo,
  },
  /** `retire` lets running work finish first; a client that found an older agent asks for it. */
  "agent/stop": { params: z.object({ mode: z.enum(["now", "retire"]) }), result: done },
  "agent/logs": {
    params: z.object({ lines: z.number().int().min(1).max(10_000) }),
    result: z.object({ file: z.string(), lines: z.array(z.string()) }),
  },
  "agent/doctor": { params: none, result: z.object({ checks: z.array(Check) }) },
  /** What somebody who helps needs to know, without what is private. */
  "agent/support": { params: none, result: z.object({ files: z.array(SupportFile) }) },
} as const satisfies MethodTable;
