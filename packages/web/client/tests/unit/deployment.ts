import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDeployment } from "@tokfut/client";

const DEPLOYMENT = {
  node: "http://127.0.0.1:26657",
  chain_id: "lab-1",
  prefix: "wasm",
  gas_price: "0.0025ustake",
  market: "wasm1m",
  oracle: "wasm1o",
  vault: "wasm1v",
  spec: { denom: "uusd" },
};

test("a deployment is read, and what lacks a field is none", () => {
  assert.equal(parseDeployment(JSON.stringify(DEPLOYMENT)).market, "wasm1m");
  for (const field of Object.keys(DEPLOYMENT)) {
    const { [field as keyof typeof DEPLOYMENT]: _, ...rest } = DEPLOYMENT;
    assert.throws(() => parseDeployment(JSON.stringify(rest)), { code: "invalid_deployment" }, field);
  }
  for (const text of ["", "null", "{"]) assert.throws(() => parseDeployment(text), { code: "invalid_deployment" });
});
