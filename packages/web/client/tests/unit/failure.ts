import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure, ofChain, ofWords } from "@tokfut/client";

const WORDS = "insufficient_margin: need 240000000, free 19000000 (4.11)";

test("a contract's code passes through every wrapper of the chain", () => {
  for (const log of [
    `failed to execute message; message index: 0: ${WORDS}: execute wasm contract failed`,
    `failed to execute message; message index: 12: dispatch: submessages: ${WORDS}: execute wasm contract failed`,
    `rpc error: code = Unknown desc = ${WORDS}: query wasm contract failed: unknown request`,
    `Query failed with (6): rpc error: code = Unknown desc = ${WORDS}: query wasm contract failed: unknown request`,
    WORDS,
  ]) {
    const failure = ofWords(log);
    assert.deepEqual(
      [failure.code, failure.words, failure.clause],
      ["insufficient_margin", "need 240000000, free 19000000", "4.11"]
    );
    assert.equal(failure.message, WORDS);
  }
});

test("a code of one word is one only if a contract said it", () => {
  assert.equal(ofWords("overflow: price: execute wasm contract failed").code, "overflow");
  assert.equal(ofWords("overflow: price").code, "failed");
});

test("the chain's own refusals have codes", () => {
  assert.equal(ofChain("sdk", 11, "out of gas in location: x").code, "out_of_gas");
  assert.equal(ofChain("sdk", 32, "account sequence mismatch, expected 3, got 2").code, "wrong_sequence");
  assert.equal(ofChain("wasm", 5, WORDS).code, "insufficient_margin");
  assert.equal(
    ofWords("dispatch: submessages: spendable balance 1 is smaller than 2: insufficient funds").code,
    "insufficient_funds"
  );
  assert.equal(
    ofWords("failed to execute message; message index: 0: Error parsing into type X: y").code,
    "invalid_message"
  );
  assert.equal(ofWords("something else entirely").code, "failed");
});

test("a failure without a clause keeps its words whole", () => {
  const failure = new Failure("failed", "no such thing (here)");
  assert.deepEqual([failure.words, failure.clause], ["no such thing (here)", null]);
});
