// The protocol from outside, in TypeScript.

export { type Contract, CONTRACTS, type Deployment, parseDeployment } from "./deployment.js";
export {
  type Facts,
  factsOf,
  fills,
  type NodeEvent,
  parseEvent,
  parseEvents,
  postings,
  removed,
  rested,
  type TokfutEvent,
} from "./events.js";
export { Failure, ofChain, ofWords } from "./failure.js";
export type * as market from "./generated/market.js";
export type * as oracle from "./generated/oracle.js";
export type * as vault from "./generated/vault.js";
export { Protocol } from "./protocol.js";
export { expected, SequenceQueue, type Standing } from "./sequence.js";
export { type Call, type PlacedOrder, type Receipt, Trader } from "./trader.js";
export { type Gas, type Mined, type Pending, Wallet } from "./wallet.js";
