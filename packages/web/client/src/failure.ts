// What a contract or the chain says when it refuses, as a stable code.

/**
 * A refusal: nothing of the transaction happened, except that after `not_included` and `node_unreachable` it may still
 * come.
 *
 * `code` is the contract's own (`insufficient_margin`), or one of the chain: `out_of_gas`, `insufficient_funds`,
 * `insufficient_fee`, `wrong_sequence`, `mempool_full`, `unauthorized_signature`, `already_sent`, `invalid_message` (the
 * contract cannot read it), `failed` (words without a code); or of this client: `node_unreachable`, `not_included` (it
 * is in no block yet), `unknown_account` (the address has never received anything), `invalid_answer`,
 * `invalid_deployment`.
 */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly code: string;
  /** The words, with the numbers. */
  readonly words: string;
  /** The clause of the specification, where the contract cites one. */
  readonly clause: string | null;

  constructor(code: string, words: string, options?: ErrorOptions) {
    super(`${code}: ${words}`, options);
    this.code = code;
    const cited = /^(.*) \((\d+\.\d+)\)$/s.exec(words);
    this.words = cited?.[1] ?? words;
    this.clause = cited?.[2] ?? null;
  }
}

const OF_SDK: Record<number, string> = {
  4: "unauthorized_signature",
  5: "insufficient_funds",
  11: "out_of_gas",
  13: "insufficient_fee",
  19: "already_sent",
  20: "mempool_full",
  32: "wrong_sequence",
};

/** The failure behind a result of the chain: its number where that says enough, else its words. */
export function ofChain(codespace: string, code: number, log: string): Failure {
  const known = codespace === "sdk" ? OF_SDK[code] : undefined;
  return known === undefined ? ofWords(log) : new Failure(known, log);
}

// What the layers of the chain put before a contract's words, and behind them.
const WRAPPERS = [
  "Query failed with \\(\\d+\\):",
  "rpc error: code = \\w+ desc =",
  "failed to execute message; message index: \\d+:",
  "(?:dispatch|submessages|Querier contract error|Generic error|kind: Other, error|recovered):",
];
const BEFORE = new RegExp(`^(?:${WRAPPERS.join("|")}) `);
const AFTER = /: (?:execute|query|instantiate) wasm contract failed.*$/s;
const UNREADABLE = /^(?:Error parsing into type |kind: Serialization, error: |Error deserializing )/;
const CODED = /^([a-z][a-z0-9_]*): (.+)$/s;

/** The failure in a text of the chain: a contract's own code passes through every wrapper. */
export function ofWords(log: string): Failure {
  let inner = log.trim();
  while (BEFORE.test(inner)) inner = inner.replace(BEFORE, "");
  const words = inner.replace(AFTER, "");
  if (UNREADABLE.test(inner)) return new Failure("invalid_message", words);
  const [, code, rest] = CODED.exec(words) ?? [];
  // A word before a colon is a code if the contract said it, or if nobody else writes so.
  if (code && rest && (code.includes("_") || words !== inner)) return new Failure(code, rest);
  if (inner.includes("insufficient funds")) return new Failure("insufficient_funds", inner);
  if (inner.includes("account sequence mismatch")) return new Failure("wrong_sequence", inner);
  return new Failure("failed", inner);
}
