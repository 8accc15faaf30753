// Every query of a deployment, typed.

import { CosmWasmClient } from "@cosmjs/cosmwasm";
import type { Comet38Client } from "@cosmjs/tendermint-rpc";

import type { Contract, Deployment } from "./deployment.js";
import type * as market from "./generated/market.js";
import type * as oracle from "./generated/oracle.js";
import type * as vault from "./generated/vault.js";
import { asking, connectNode } from "./node.js";

/** What stands behind a message's name: `{ book: Ask }`. */
type Ask<Message, Name extends PropertyKey> = Extract<Message, Record<Name, unknown>> extends Record<Name, infer Asked>
  ? Asked
  : never;

/**
 * A deployment, as anyone can see it: `protocol.market("book", { series: "TOKZ26", depth: 5 })`. Every query fails with
 * the contract's own code. Prices are decimal texts; lots and amounts are integers in text, amounts in base units.
 */
export class Protocol {
  private constructor(
    readonly deployment: Deployment,
    readonly node: Comet38Client,
    private readonly chain: CosmWasmClient
  ) {}

  /** Connects to the deployment's node. Fails with `node_unreachable`. */
  static async connect(deployment: Deployment): Promise<Protocol> {
    const node = await connectNode(deployment.node);
    return new Protocol(deployment, node, CosmWasmClient.create(node));
  }

  /** Asks the market. */
  market<Name extends keyof market.Answers>(
    name: Name,
    ask: Ask<market.QueryMsg, Name>
  ): Promise<market.Answers[Name]> {
    return this.ask("market", name, ask);
  }

  /** Asks the oracle. */
  oracle<Name extends keyof oracle.Answers>(
    name: Name,
    ask: Ask<oracle.QueryMsg, Name>
  ): Promise<oracle.Answers[Name]> {
    return this.ask("oracle", name, ask);
  }

  /** Asks the vault. */
  vault<Name extends keyof vault.Answers>(name: Name, ask: Ask<vault.QueryMsg, Name>): Promise<vault.Answers[Name]> {
    return this.ask("vault", name, ask);
  }

  /** The latest block. */
  height(): Promise<number> {
    return asking(async () => (await this.node.status()).syncInfo.latestBlockHeight);
  }

  private ask<Answer>(contract: Contract, name: string, ask: unknown): Promise<Answer> {
    return asking(() => this.chain.queryContractSmart(this.deployment[contract], { [name]: ask }) as Promise<Answer>);
  }
}
