// The contracts' events, read back from a transaction.

import { fields as KINDS, type Facts } from "./generated/events.js";

export type { Facts } from "./generated/events.js";

/** An event as the node tells it. */
export interface NodeEvent {
  readonly type: string;
  readonly attributes: readonly { readonly key: string; readonly value: string }[];
}

/** An event of a contract: `tf_…`. */
export interface TokfutEvent {
  /** Without the chain's prefix. */
  readonly name: string;
  /** The version of its layout. */
  readonly v: number;
  /** Its place among the events of the contract's response. */
  readonly seq: number;
  /** The contract that told it. */
  readonly contract: string;
  /** Which message of the transaction it belongs to. */
  readonly message: number;
  /** Its fact, as text. */
  readonly fields: Readonly<Record<string, string>>;
}

/** The layout that this client reads. */
const VERSION = 1;

/** The events of these contracts among those of a transaction, in order. Anyone may emit events of the same names. */
export function parseEvents(events: readonly NodeEvent[], contracts: readonly string[]): TokfutEvent[] {
  return events
    .map(parseEvent)
    .filter((event) => event !== null && contracts.includes(event.contract)) as TokfutEvent[];
}

/** One event; null if it is none of a Tokfut contract. */
export function parseEvent(event: NodeEvent): TokfutEvent | null {
  if (!event.type.startsWith("wasm-tf_")) return null;
  const { v, seq, _contract_address, msg_index, ...fields } = Object.fromEntries(
    event.attributes.map(({ key, value }) => [key, value])
  );
  if (v === undefined || seq === undefined || _contract_address === undefined) return null;
  const name = event.type.slice("wasm-".length);
  return { name, v: Number(v), seq: Number(seq), contract: _contract_address, message: Number(msg_index ?? 0), fields };
}

/** The facts of the events of one name: ids and times are numbers; quantities, and prices in price units, bigints. */
export function factsOf<Name extends keyof Facts>(events: readonly TokfutEvent[], name: Name): Facts[Name][] {
  return events.filter((event) => event.name === name && event.v === VERSION).map((event) => fact(event, name));
}

/** The trades. */
export const fills = (events: readonly TokfutEvent[]) => factsOf(events, "tf_fill");
/** The orders that came to rest. */
export const rested = (events: readonly TokfutEvent[]) => factsOf(events, "tf_order_rested");
/** The orders that left the book without a trade. */
export const removed = (events: readonly TokfutEvent[]) => factsOf(events, "tf_order_removed");
/** The movements of money. */
export const postings = (events: readonly TokfutEvent[]) => factsOf(events, "tf_posting");

function fact<Name extends keyof Facts>(event: TokfutEvent, name: Name): Facts[Name] {
  const kinds: Record<string, string> = KINDS[name];
  const entries = Object.entries(kinds).map(([field, kind]) => {
    const value = read(event.fields[field], kind);
    if (value === undefined) throw new Error(`${name}.${field} is not of this client's layout: ${event.fields[field]}`);
    return [field, value];
  });
  return Object.fromEntries(entries) as Facts[Name];
}

/** A value of a kind of generated/events.ts; undefined if the text is none. */
function read(text: string | undefined, kind: string): unknown {
  if (text === undefined) return undefined;
  if (kind.endsWith("?")) return text === "-" ? null : read(text, kind.slice(0, -1));
  switch (kind) {
    case "text":
      return text;
    case "side":
      return text === "buy" || text === "sell" ? text : undefined;
    case "flag":
      return text === "true" ? true : text === "false" ? false : undefined;
    case "number":
      return /^\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
    case "exact":
      return /^-?\d+$/.test(text) ? BigInt(text) : undefined;
    default:
      return undefined;
  }
}
