import assert from "node:assert/strict";
import { test } from "node:test";
import { expected, Failure, SequenceQueue, type Standing } from "@tokfut/client";

/** A chain that takes each sequence once, in order, and may lag behind what it has taken when asked. */
class FakeChain {
  taken: { what: string; sequence: number }[] = [];
  asked = 0;
  lag = 0;

  constructor(public next: number) {}

  readonly learn = async (): Promise<Standing> => {
    this.asked += 1;
    return { accountNumber: 5, sequence: this.next - this.lag };
  };

  readonly take =
    (what: string) =>
    async ({ sequence }: Standing) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (sequence !== this.next) {
        throw new Failure(
          "wrong_sequence",
          `account sequence mismatch, expected ${this.next}, got ${sequence}: incorrect`
        );
      }
      this.next += 1;
      this.taken.push({ what, sequence });
      return what;
    };
}

test("twenty handed in at once arrive in order, and the chain is asked once", async () => {
  const chain = new FakeChain(3);
  const queue = new SequenceQueue(chain.learn);
  const names = Array.from({ length: 20 }, (_, index) => `order ${index}`);
  assert.deepEqual(await Promise.all(names.map((name) => queue.submit(chain.take(name)))), names);
  assert.deepEqual(
    chain.taken,
    names.map((what, index) => ({ what, sequence: 3 + index }))
  );
  assert.equal(chain.asked, 1);
});

test("when the chain wants another sequence, it is signed anew with that one", async () => {
  const chain = new FakeChain(7);
  const queue = new SequenceQueue(chain.learn);
  await queue.submit(chain.take("first"));
  chain.next = 11; // another client used the key
  await queue.submit(chain.take("second"));
  chain.lag = 2;
  await new SequenceQueue(chain.learn).submit(chain.take("third"));
  assert.deepEqual(
    chain.taken.map(({ sequence }) => sequence),
    [7, 11, 12]
  );
});

test("a refusal uses no sequence and stops nobody behind it", async () => {
  const chain = new FakeChain(1);
  const queue = new SequenceQueue(chain.learn);
  const refused = queue.submit(async () => {
    throw new Failure("insufficient_margin", "need 2, free 1 (4.11)");
  });
  const after = queue.submit(chain.take("after"));
  await assert.rejects(refused, { code: "insufficient_margin" });
  assert.equal(await after, "after");
  assert.deepEqual(chain.taken, [{ what: "after", sequence: 1 }]);
  assert.equal(chain.asked, 1);
});

test("after a lost answer the chain is asked where the key stands", async () => {
  const chain = new FakeChain(1);
  const queue = new SequenceQueue(chain.learn);
  const lost = queue.submit(async (standing) => {
    await chain.take("lost")(standing);
    throw new Failure("node_unreachable", "fetch failed");
  });
  await assert.rejects(lost, { code: "node_unreachable" });
  await queue.submit(chain.take("after"));
  assert.deepEqual(
    chain.taken.map(({ sequence }) => sequence),
    [1, 2]
  );
  assert.equal(chain.asked, 2);
});

test("a chain that never agrees is given up after five tries", async () => {
  let tries = 0;
  const queue = new SequenceQueue(async () => ({ accountNumber: 1, sequence: 0 }));
  const never = queue.submit(async ({ sequence }) => {
    tries += 1;
    throw new Failure("wrong_sequence", `account sequence mismatch, expected ${sequence + 1}, got ${sequence}`);
  });
  await assert.rejects(never, { code: "wrong_sequence" });
  assert.equal(tries, 5);
});

test("the chain says which sequence it wants", () => {
  assert.equal(expected("account sequence mismatch, expected 3, got 2: incorrect account sequence"), 3);
  assert.equal(expected("something else"), null);
});
