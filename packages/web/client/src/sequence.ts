// The sequence of one key, counted here: many transactions of it may be under way at once.

import { Failure } from "./failure.js";

/** An account of the chain, as signatures need it. */
export interface Standing {
  readonly accountNumber: number;
  /** How many transactions it has signed. */
  readonly sequence: number;
}

/** How often a transaction is signed anew when the chain wants another sequence. */
const TRIES = 5;

/** One queue an account: transactions reach the node in the order in which they were handed in. */
export class SequenceQueue {
  private known: Standing | null = null;
  private last: Promise<unknown> = Promise.resolve();

  /** `learn` asks the chain. */
  constructor(private readonly learn: () => Promise<Standing>) {}

  /**
   * Calls `send` with the next sequence, after all that were handed in before. A sequence counts as used once `send`
   * has resolved; when the chain wants another, it is called again with that one.
   */
  submit<Sent>(send: (standing: Standing) => Promise<Sent>): Promise<Sent> {
    const turn = this.last.then(() => this.attempt(send));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async attempt<Sent>(send: (standing: Standing) => Promise<Sent>): Promise<Sent> {
    let refused: unknown;
    for (let tries = 0; tries < TRIES; tries += 1) {
      const standing = (this.known ??= await this.learn());
      try {
        const sent = await send(standing);
        this.known = { ...standing, sequence: standing.sequence + 1 };
        return sent;
      } catch (error) {
        if (!(error instanceof Failure) || error.code !== "wrong_sequence") {
          // Whether the node has taken it is not known after a lost answer.
          if (!(error instanceof Failure) || error.code === "node_unreachable") this.known = null;
          throw error;
        }
        // The latest block may lag behind what the node has taken already: its words say what it expects.
        const wanted = expected(error.message);
        this.known = wanted === null ? null : { ...standing, sequence: wanted };
        refused = error;
      }
    }
    this.known = null;
    throw refused;
  }
}

/** The sequence that the chain wants: `account sequence mismatch, expected 3, got 2: …`. */
export function expected(words: string): number | null {
  const found = /expected (\d+),/.exec(words)?.[1];
  return found === undefined ? null : Number(found);
}
