import assert from "node:assert/strict";
import { inspect } from "node:util";
import { type ErrorCode, ForkpointError } from "../../../../agent/protocol/errors.ts";

/** For assert.rejects: a ForkpointError of that code, with a sentence that fits, and without `secrets` anywhere. */
export function failsWith(code: ErrorCode, sentence = /./, secrets: readonly string[] = []) {
  return (thrown: unknown): true => {
    assert.ok(thrown instanceof ForkpointError, inspect(thrown));
    assert.equal(thrown.code, code, thrown.message);
    assert.match(thrown.message, sentence);
    assert.notEqual(thrown.hint, "");
    const everything = inspect(thrown, { depth: null, showHidden: true });
    for (const secret of secrets)
      assert.ok(!everything.includes(secret), `It holds ${secret}: ${everything}`);
    return true;
  };
}
