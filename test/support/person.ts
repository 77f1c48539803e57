import type { PrivilegeMode } from "../../agent/volumes/privileged/privileged.ts";

/** An ordinary user whose programs root starts for a test. */
export interface Person {
  readonly uid: number;
  readonly gid: number;
  /** Which rights his agents have. */
  readonly mode: PrivilegeMode;
  /** A folder of his own for what a test makes. */
  readonly scratch: string;
  /** Where he finds a file that root names, such as Node below root's home. */
  seen(path: string): string;
  /** What his programs find in their environment. */
  env(): Record<string, string | undefined>;
}
