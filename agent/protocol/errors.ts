/**
 * Every failure a person or a program can meet, with what to do about it when the place that throws
 * knows nothing better. The code is stable; the message names the case at hand.
 */
export const errorHints = {
  // Who asked, and how
  UNAUTHORIZED: "Connect with the token from the agent's own file.",
  BAD_REQUEST: "Check the parameters against `forkpoint --help`.",
  NOBODY_TO_ASK:
    "Use a client that can ask a person, start the server with --fork or --allow-restore, or have a person run `forkpoint restore`.",
  CANCELLED: "Nothing was changed. Start it again when you are ready.",
  INTERNAL: "Run `forkpoint agent logs` and report what it shows.",
  // The agent
  AGENT_UNREACHABLE: "Start it with `forkpoint agent start`, then look at `forkpoint agent logs`.",
  AGENT_ALREADY_RUNNING: "Use the agent that runs, or stop it with `forkpoint agent stop`.",
  AGENT_STOPPING: "Try again in a moment.",
  AGENT_NEWER: "Update this extension or command; the agent belongs to a newer Forkpoint.",
  NODE_TOO_OLD: "Install Node 24, or point FORKPOINT_NODE at one.",
  CATALOG_NEWER:
    "A newer Forkpoint wrote this catalog. Update the extension, or set FORKPOINT_HOME elsewhere.",
  CATALOG_DAMAGED: "Keep the file, then rebuild the project with `forkpoint pull`.",
  NEEDS_ROOT: "Set up the helper once with `sudo forkpoint setup`, then start the agent again.",
  TOOL_MISSING: "Install the named program and try again.",
  HELPER_BROKEN: "Run `forkpoint setup --check`; `sudo forkpoint setup` puts the helper in order.",
  // Set-up
  USER_REFUSED: "Name the user who runs the editor with --user NAME.",
  SETUP_BLOCKED: "Mend what it names, and run the set-up again.",
  SETUP_BUSY: "Wait until it has ended, then run this again.",
  DISK_FULL:
    "Free space in the folder for temporary files, /var/tmp unless TMPDIR names another, or start the agent with TMPDIR set to a larger disk.",
  // Pools and volumes
  POOL_NOT_FOUND: "List pools with `forkpoint pool status`, or make one with `forkpoint pool create`.",
  POOL_EXISTS: "Choose another place, or adopt the pool that is there.",
  POOL_FULL: "Delete snapshots or forks, or grow the pool with `forkpoint pool grow`.",
  POOL_READ_ONLY: "Check the disk below the pool; the file system refuses to write.",
  IMAGE_REFUSED: "Put the image into a folder of your own, on a local disk.",
  MOUNT_REFUSED: "Leave the mount point out; the pool is mounted where the helper mounts yours.",
  POOL_IN_USE: "Delete the pool's projects first, or keep the pool.",
  NOT_BTRFS: "Make a pool in a file with `forkpoint pool create --image FILE --size 20G`.",
  VOLUME_MISSING: "Run `forkpoint doctor`; a snapshot or `forkpoint pull` brings it back.",
  REFUSED_ROOT: "Choose the folder of one project.",
  PATH_OUTSIDE_VOLUME: "Name paths inside the workspace, relative to its root.",
  FILES_UNREADABLE: "Give the agent's user the right to read what is named, or run `sudo forkpoint setup`.",
  COPY_MISMATCH: "The source changed while it was copied. Stop what writes to it and import again.",
  // Projects and timeline
  PROJECT_NOT_FOUND: "List projects with `forkpoint project list`.",
  PROJECT_EXISTS: "The folder has a timeline already; open it.",
  PROJECT_BUSY: "Wait until it has finished, or cancel it.",
  PROJECT_HAS_FORKS: "Delete the named forks first.",
  SLUG_TAKEN: "Choose another name.",
  SLUG_INVALID:
    "Use 1 to 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit.",
  SNAPSHOT_NOT_FOUND: "List snapshots with `forkpoint log`.",
  SNAPSHOT_NEEDED: "It is needed as it stands; unpin it or move on first.",
  SNAPSHOT_NOT_LOCAL: "Fetch it with `forkpoint pull`.",
  PATH_NOT_FOUND: "Look at what the snapshot holds with `forkpoint diff`.",
  PARTS_TANGLED: "Restore the whole workspace, or name the paths to bring back.",
  OPEN_FILES: "Stop the named programs, or restore anyway.",
  NOTHING_TO_UNDO: "Only a restore can be undone, and only while its guard snapshot is kept.",
  // Store and repository
  STORE_NOT_SET: "Set one with `forkpoint store set URL`.",
  STORE_URL_INVALID: "Use dir:///path or s3://bucket/prefix?endpoint=…&region=…",
  STORE_UNREACHABLE: "Check the network and the address. Work goes on; the copy catches up by itself.",
  STORE_DENIED: "Check the credentials and what they may do in this bucket.",
  STORE_BUCKET_MISSING: "Create the bucket, or correct its name.",
  STORE_READ_ONLY: "Allow writing to this store, or choose another.",
  PUSH_PAUSED: "Run `forkpoint store resume`; what waits is then pushed.",
  STORE_FULL: "Free space in the store, or choose another.",
  OBJECT_MISSING:
    "The store lost an object. Run `forkpoint repair`. If that does not help, set another store on a machine that has the snapshots; all of them are pushed there.",
  OBJECT_DAMAGED:
    "The store holds a damaged object. Run `forkpoint repair`. If that does not help, set another store on a machine that has the snapshots; all of them are pushed there.",
  REPOSITORY_NEWER: "A newer Forkpoint wrote this repository. Update the extension.",
  REPOSITORY_LOCKED: "Give its passphrase or key file with `forkpoint store unlock`.",
  REPOSITORY_PLAIN: "Leave the passphrase out, or set an empty store to have it encrypted.",
  KEY_WRONG:
    "Try again. `forkpoint store key list` on a machine that has it open shows which keys there are.",
  KEY_NEEDED:
    "Give one with `--passphrase-file FILE` or `--key-file FILE`, or choose `--plain` for a store that stays readable.",
  KEY_NOT_FOUND: "List the keys with `forkpoint store key list`.",
  KEY_NOT_KEPT: "Mend what is in the way, or leave `--remember` out and unlock the store at each start.",
  KEY_LAST: "Add another key first, then remove this one.",
  REF_CONFLICT: "Another machine wrote to this project. Pull its state as a new project, then decide.",
  STREAM_REFUSED: "Take the named entry out of the snapshot, or pull it with an agent that is root.",
  GC_UNDER_WAY: "It is tried again by itself, once the store has been tidied.",
  GC_REFUSED:
    "Run `forkpoint verify`, then `forkpoint repair`, which says what else can be done; nothing was deleted.",
  STREAM_INVALID: "The stream is damaged. Try again; if it stays, run `forkpoint doctor`.",
} as const;

export type ErrorCode = keyof typeof errorHints;

/** What crosses the wire and the CLI's stderr: a stable code, a sentence for a person, what to do. */
export interface ErrorBody {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The one error class of the product. Anything else that is thrown is a bug and becomes INTERNAL. */
export class ForkpointError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { hint?: string; details?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "ForkpointError";
    this.code = code;
    this.hint = options.hint ?? errorHints[code];
    this.details = options.details;
  }

  toBody(): ErrorBody {
    const { code, message, hint, details } = this;
    return details ? { code, message, hint, details } : { code, message, hint };
  }
}

/** The body of any thrown value; what is not a ForkpointError is INTERNAL and keeps its message. */
export function errorBody(thrown: unknown): ErrorBody {
  if (thrown instanceof ForkpointError) return thrown.toBody();
  if (thrown instanceof Error && thrown.name === "AbortError") {
    return new ForkpointError("CANCELLED", "Cancelled.").toBody();
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ForkpointError("INTERNAL", message).toBody();
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === "string" && Object.hasOwn(errorHints, value);
}
