import { createHash } from "node:crypto";
import { ForkpointError } from "../protocol/errors.ts";
import type { Condition } from "./blobStore.ts";
import { nameOf, statusOf } from "./s3Failure.ts";

export interface ConditionHeaders {
  readonly IfMatch?: string;
  readonly IfNoneMatch?: string;
}

const mostTries = 5;

/** Conditional writes as the servers differ in them. One for each store, since it learns how its server spells. */
export class ConditionalPut {
  /** Older Ceph gateways compare If-Match with the etag without its quotes, and only so. */
  #bareMatch = false;

  /**
   * Writes under a condition. Tries again only where the server has said that nothing was written.
   * @param request.write one PUT with these headers; throws what the client throws
   * @param request.presentEtag of the object; null when there is none
   * @returns null when the condition does not hold
   * @throws what the server said, when the outcome is unknown
   */
  async run(
    condition: Condition,
    bytes: Uint8Array,
    request: {
      readonly write: (headers: ConditionHeaders) => Promise<{ etag: string }>;
      readonly presentEtag: () => Promise<string | null>;
    },
  ): Promise<{ etag: string } | null> {
    const expected = condition.kind === "match" ? condition.etag : null;
    for (let tries = 1; ; tries++) {
      const bare = this.#bareMatch;
      try {
        if (expected === null) return await request.write({ IfNoneMatch: "*" });
        return await request.write({ IfMatch: bare ? expected : `"${expected}"` });
      } catch (thrown) {
        const status = statusOf(thrown);
        if (status === 501) throw noConditions();
        if (nameOf(thrown) === "NoSuchKey") return null;
        // 409, and on Ceph 500, end a race among writers with nothing written; but 500 may be anything.
        if (status !== 412 && status !== 409 && status !== 500) throw thrown;
        const present = await request.presentEtag();
        if (status === 500 && (present === expected || present === md5Of(bytes))) throw thrown;
        if (present !== expected) return null;
        if (tries >= mostTries) throw thrown;
        // The condition holds and yet was refused: spelled wrongly for this server, or a race that is over.
        if (status === 412 && expected !== null) this.#bareMatch = !bare;
      }
    }
  }
}

/** The etag of an object that was written in one piece, on all servers that do not encrypt it. */
const md5Of = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");

function noConditions(): ForkpointError {
  return new ForkpointError("STORE_DENIED", "The store knows no conditional writes.", {
    details: { conditionalWrites: false },
  });
}
