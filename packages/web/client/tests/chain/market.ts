// A trader on a real chain; scripts/typescript starts it. TOKFUT_DEPLOYMENT and TOKFUT_KEYS name its files,
// TOKFUT_RUST_EXAMPLE the other client's example.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import {
  factsOf,
  Failure,
  fills,
  type market,
  parseDeployment,
  postings,
  Protocol,
  removed,
  rested,
  Trader,
} from "@tokfut/client";

const file = (name: string): string => process.env[name] ?? assert.fail(`${name} is not set`);
const deployment = file("TOKFUT_DEPLOYMENT");
const keys = JSON.parse(readFileSync(file("TOKFUT_KEYS"), "utf8")) as Record<string, { mnemonic: string }>;
const mnemonic = keys.carol?.mnemonic ?? assert.fail("no key of carol");

const protocol = await Protocol.connect(parseDeployment(readFileSync(deployment, "utf8")));
const trader = await Trader.fromMnemonic(protocol, mnemonic);
const account = await trader.openAccount();
const listed = await protocol.market("series_list", { product: "TOK" });
const series = listed.at(-1) ?? assert.fail("no series is listed");
// The lowest price of the day, which nobody sells at.
const price = series.lowest;
const order = (client_id: bigint): market.NewOrder => ({
  account,
  series: series.code,
  side: "buy",
  lots: "1",
  price: { limit: price },
  client_id: client_id.toString(),
});
const bid = async (): Promise<market.Level | undefined> => {
  const { bids } = await protocol.market("book", { series: series.code });
  return bids.find((level) => level.price === price);
};

test("a deposit is posted to the account, to the base unit", async () => {
  const { events } = await trader.deposit(account, 10_000_000_001n);
  assert.deepEqual(postings(events), [
    { kind: "deposit", from: "outside", to: `account:${account}`, amount: 10_000_000_001n },
  ]);
  assert.equal((await protocol.vault("account", { account })).cash, "10000000001");
  assert.deepEqual(await trader.accounts(), [account]);
});

test("an order rests in the book until it is cancelled", async () => {
  const { placed, receipt } = await trader.place(order(1n));
  assert.deepEqual([placed.filled, placed.resting, placed.cancelled], ["0", "1", "0"]);
  const id = placed.order ?? assert.fail("nothing rests");
  assert.deepEqual(
    rested(receipt.events).map(({ account, lots, client_id }) => ({ account, lots, client_id })),
    [{ account, lots: 1n, client_id: 1n }]
  );
  assert.deepEqual(await bid(), { price, lots: "1", orders: 1 });
  assert.equal((await protocol.market("order", { id })).client_id, "1");

  const cancelled = await trader.cancel(account, { id });
  assert.deepEqual(
    removed(cancelled.events).map(({ lots, reason }) => ({ lots, reason })),
    [{ lots: 1n, reason: "cancelled" }]
  );
  assert.equal(await bid(), undefined);
});

test("a trade is told with its price, and its fee is posted", async () => {
  const quoted = listed.find(({ ask }) => ask) ?? assert.fail("nobody quotes");
  const limit = quoted.ask ?? "";
  const taking = {
    account,
    series: quoted.code,
    side: "buy",
    lots: "1",
    price: { limit },
    time_in_force: "ioc",
  } as const;
  const { placed, receipt } = await trader.place(taking);
  assert.deepEqual([placed.order, placed.filled, placed.cancelled], [null, "1", "0"]);
  const facts = fills(receipt.events).map(({ series, taker, side, price, lots }) => ({
    series,
    taker,
    side,
    price,
    lots,
  }));
  const price = BigInt(limit.replace(".", ""));
  assert.deepEqual(facts, [{ series: quoted.id, taker: account, side: "buy", price, lots: 1n }]);
  const fee = postings(receipt.events).find(({ kind }) => kind === "taker_fee");
  assert.equal(fee?.from, `account:${account}`);
});

test("a refusal carries the contract's code, words and clause, of messages and of queries", async () => {
  const refusal = async (act: Promise<unknown>) => {
    const failure = await act.then(
      () => assert.fail("it was taken"),
      (error: unknown) => error
    );
    assert.ok(failure instanceof Failure, String(failure));
    return [failure.code, failure.clause];
  };
  assert.deepEqual(await refusal(trader.cancel(account, { id: "nonsense" })), ["invalid_order_id", "3.3"]);
  assert.deepEqual(await refusal(protocol.market("book", { series: "TOKX99" })), ["unknown_series", "2.2"]);
  // Sent without a simulation it fails in a block.
  const unseen = trader.transact([{ contract: "market", msg: { push_marks: { series: ["TOKX99"] } } }], 400_000);
  assert.deepEqual(await refusal(unseen), ["unknown_series", "2.2"]);
  assert.deepEqual(
    (await refusal(trader.transact([{ contract: "market", msg: { place_order: order(1n) } }], 70_000)))[0],
    "out_of_gas"
  );
});

test("twenty orders of one key are in blocks within ten seconds", async () => {
  const began = Date.now();
  const numbers = Array.from({ length: 20 }, (_, index) => BigInt(index + 100));
  const submitted = numbers.map((number) =>
    trader.submit([{ contract: "market", msg: { place_order: order(number) } }])
  );
  const receipts = await Promise.all(submitted.map(async (pending) => trader.receipt(await pending)));
  const took = (Date.now() - began) / 1000;
  console.log(`20 orders in ${took} s, in ${new Set(receipts.map(({ height }) => height)).size} blocks`);
  assert.deepEqual(
    receipts.flatMap(({ events }) => rested(events).map(({ client_id }) => client_id)),
    numbers
  );
  assert.deepEqual(await bid(), { price, lots: "20", orders: 20 });
  assert.ok(took < 10, `${took} s`);

  const { events } = await trader.cancelAll(account);
  assert.deepEqual(
    factsOf(events, "tf_orders_voided").map(({ account }) => account),
    [account]
  );
  assert.deepEqual(await protocol.market("orders", { account }), []);
});

const examples = {
  TypeScript: [process.execPath, join(import.meta.dirname, "..", "..", "examples", "place_and_cancel.js")],
  Rust: [file("TOKFUT_RUST_EXAMPLE")],
};
for (const [language, [program = "", ...script]] of Object.entries(examples)) {
  test(`the example in ${language} places an order and cancels it`, async () => {
    const env = { ...process.env, TOKFUT_MNEMONIC: mnemonic };
    const { stdout } = await promisify(execFile)(program, [...script, deployment, series.code, price], { env });
    assert.match(stdout, /resting(?: |: Lots\()1\b.* for \d+ gas\n\S+ cancelled in block \d+\n$/);
    assert.deepEqual(await protocol.market("orders", { account }), []);
  });
}
