// Where a deployment stands: the file that `tokfut deploy` and `scripts/localchain` write.

import { Failure } from "./failure.js";

export const CONTRACTS = ["market", "oracle", "vault"] as const;
/** One of the three. */
export type Contract = (typeof CONTRACTS)[number];

/** A deployment on a chain. Holds no secrets. */
export interface Deployment {
  /** The RPC address of a node. */
  readonly node: string;
  readonly chain_id: string;
  /** What addresses begin with. */
  readonly prefix: string;
  /** What gas costs, e.g. `0.0025ustake`. */
  readonly gas_price: string;
  readonly market: string;
  readonly oracle: string;
  readonly vault: string;
  readonly codes: Readonly<Record<Contract, { readonly id: number; readonly sha256: string }>>;
  /** What it was made of; `denom` is the collateral. */
  readonly spec: { readonly denom: string };
}

/** Reads the file's text. Fails with `invalid_deployment`. */
export function parseDeployment(text: string): Deployment {
  const invalid = (words: string) => new Failure("invalid_deployment", words);
  let read: Partial<Deployment> | null;
  try {
    read = JSON.parse(text) as Partial<Deployment> | null;
  } catch (error) {
    throw invalid(String(error));
  }
  for (const field of ["node", "chain_id", "prefix", "gas_price", ...CONTRACTS] as const) {
    if (typeof read?.[field] !== "string") throw invalid(`${field} is missing`);
  }
  if (typeof read?.spec?.denom !== "string") throw invalid("spec.denom is missing");
  return read as Deployment;
}
