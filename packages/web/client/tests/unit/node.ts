import assert from "node:assert/strict";
import { test } from "node:test";
import { BroadcastTxError } from "@cosmjs/stargate";
import { asFailure, connectNode } from "../../src/node.js";

test("a node that is not there is unreachable", async () => {
  await assert.rejects(connectNode("http://127.0.0.1:1"), { code: "node_unreachable" });
});

test("whatever CosmJS throws has a code", () => {
  const refused = new BroadcastTxError(13, "sdk", "insufficient fees; got: 1ustake required: 2ustake");
  assert.equal(asFailure(refused).code, "insufficient_fee");
  const internal = { code: -32603, message: "Internal error", data: "account sequence mismatch, expected 3, got 2" };
  assert.equal(asFailure(new Error(JSON.stringify(internal))).code, "wrong_sequence");
  assert.equal(asFailure(new DOMException("The operation timed out", "TimeoutError")).code, "node_unreachable");
  assert.equal(asFailure("nonsense").code, "failed");
});
