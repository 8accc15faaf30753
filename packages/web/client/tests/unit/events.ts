import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf, fills, type NodeEvent, parseEvents, postings, rested } from "@tokfut/client";

const event = (name: string, fields: Record<string, string>, contract = "wasm1m"): NodeEvent => ({
  type: `wasm-${name}`,
  attributes: Object.entries({ _contract_address: contract, v: "1", seq: "2", ...fields, msg_index: "3" }).map(
    ([key, value]) => ({ key, value })
  ),
});
const FILL = {
  series: "7",
  order: "TOKZ26-b-16100-9",
  maker: "8",
  taker: "16",
  side: "buy",
  price: "16100",
  lots: "3",
  left: "0",
};

test("an event is read with its place and without what the chain added", () => {
  const events: NodeEvent[] = [{ type: "tx", attributes: [{ key: "fee", value: "1" }] }, event("tf_fill", FILL)];
  assert.deepEqual(parseEvents(events, ["wasm1m"]), [
    { name: "tf_fill", v: 1, seq: 2, contract: "wasm1m", message: 3, fields: FILL },
  ]);
});

test("events of contracts outside the deployment are left out", () => {
  const events = [event("tf_fill", FILL), event("tf_fill", { ...FILL, lots: "9" }, "wasm1stranger")];
  assert.deepEqual(
    fills(parseEvents(events, ["wasm1m", "wasm1v"])).map((fill) => fill.lots),
    [3n]
  );
});

test("ids are numbers, quantities are exact beyond the safe integers", () => {
  const [fill] = fills(parseEvents([event("tf_fill", FILL)], ["wasm1m"]));
  assert.deepEqual(fill, { ...FILL, series: 7, maker: 8, taker: 16, price: 16100n, lots: 3n, left: 0n });
  const posting = { kind: "deposit", from: "outside", to: "account:8", amount: "9007199254740993" };
  assert.equal(postings(parseEvents([event("tf_posting", posting)], ["wasm1m"]))[0]?.amount, 9007199254740993n);
  const position = { account: "8", series: "7", lots: "-3", variation: "-9007199254740993" };
  const [changed] = factsOf(parseEvents([event("tf_position", position)], ["wasm1m"]), "tf_position");
  assert.deepEqual([changed?.lots, changed?.variation], [-3n, -9007199254740993n]);
});

test("a dash is null", () => {
  const fields = { order: "x", account: "8", lots: "1", reduce_only: "false", client_id: "-", expires_at: "-" };
  const events = [
    event("tf_order_rested", fields),
    event("tf_order_rested", { ...fields, client_id: "18446744073709551615" }),
  ];
  const [without, with_] = rested(parseEvents(events, ["wasm1m"]));
  assert.deepEqual([without?.client_id, without?.expires_at, without?.reduce_only], [null, null, false]);
  assert.equal(with_?.client_id, 18446744073709551615n);
});

test("a field of another shape is refused, not guessed; another version is not read", () => {
  for (const wrong of [{ lots: "1.5" }, { lots: "" }, { side: "long" }, { maker: "9007199254740993" }, { left: "-" }]) {
    const events = parseEvents([event("tf_fill", { ...FILL, ...wrong })], ["wasm1m"]);
    assert.throws(() => fills(events), /is not of this client's layout/);
  }
  assert.deepEqual(fills(parseEvents([event("tf_fill", { ...FILL, v: "2" })], ["wasm1m"])), []);
});
