// A key at work on a chain: gas estimated, fees set, the sequence kept.

import { SigningCosmWasmClient } from "@cosmjs/cosmwasm";
import type { EncodeObject, OfflineDirectSigner } from "@cosmjs/proto-signing";
import { calculateFee, GasPrice, type IndexedTx, QueryClient } from "@cosmjs/stargate";
import type { Comet38Client } from "@cosmjs/tendermint-rpc";
import { SimulateRequest, SimulateResponse } from "cosmjs-types/cosmos/tx/v1beta1/service";
import { TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { MsgExecuteContractResponse } from "cosmjs-types/cosmwasm/wasm/v1/tx";

import type { Deployment } from "./deployment.js";
import type { NodeEvent } from "./events.js";
import { Failure, ofWords } from "./failure.js";
import { asking } from "./node.js";
import { SequenceQueue, type Standing } from "./sequence.js";

/** The gas whose fee a simulation carries: a fee of zero would leave its transfer out of the estimate. */
const SIMULATED = 1_000_000;
/** How often a transaction is looked for, and for how long, ms. */
const POLL_MS = 200;
const PATIENCE_MS = 30_000;

/** So much gas, or what a simulation uses and three tenths more; what fails in the simulation is not sent. */
export type Gas = number | "estimated";

/** A transaction that happened. */
export interface Mined {
  /** Hex. */
  readonly hash: string;
  readonly height: number;
  readonly gasUsed: bigint;
  readonly events: readonly NodeEvent[];
  /** The contract's data for each message, from JSON; null where it gave none. */
  readonly data: readonly unknown[];
}

/** A transaction that the node has taken and that may be in no block yet. */
export interface Pending {
  readonly hash: string;
  /** Waits for its block. Fails with the contract's own code, or with `not_included` after half a minute. */
  mined(): Promise<Mined>;
}

/** A key on a deployment's chain. */
export class Wallet {
  private readonly queue: SequenceQueue;
  private readonly chain: SigningCosmWasmClient;
  private readonly app: QueryClient;
  private readonly gasPrice: GasPrice;

  private constructor(
    node: Comet38Client,
    private readonly deployment: Deployment,
    signer: OfflineDirectSigner,
    readonly address: string
  ) {
    this.chain = SigningCosmWasmClient.createWithSigner(node, signer);
    this.app = new QueryClient(node);
    this.gasPrice = GasPrice.fromString(deployment.gas_price);
    this.queue = new SequenceQueue(() => this.learn());
  }

  /** The signer's first address. One wallet an address: it alone counts the sequence. */
  static async of(node: Comet38Client, deployment: Deployment, signer: OfflineDirectSigner): Promise<Wallet> {
    const [account] = await signer.getAccounts();
    if (!account) throw new Failure("unknown_account", "the signer has no address");
    return new Wallet(node, deployment, signer, account.address);
  }

  /** Sends messages as one transaction and waits for its block: all of them happen, or none. */
  async send(messages: readonly EncodeObject[], gas: Gas = "estimated"): Promise<Mined> {
    return (await this.submit(messages, gas)).mined();
  }

  /** Sends messages as one transaction; many may be under way at once, and arrive in the order of the calls. */
  submit(messages: readonly EncodeObject[], gas: Gas = "estimated"): Promise<Pending> {
    return this.queue.submit(async (standing) => {
      const limit = gas === "estimated" ? await this.estimate(messages, standing) : gas;
      const tx = await this.sign(messages, standing, limit);
      const hash = await asking(() => this.chain.broadcastTxSync(tx));
      return { hash, mined: () => this.mined(hash) };
    });
  }

  private async estimate(messages: readonly EncodeObject[], standing: Standing): Promise<number> {
    const txBytes = await this.sign(messages, standing, SIMULATED);
    const request = SimulateRequest.encode(SimulateRequest.fromPartial({ txBytes })).finish();
    const { value } = await asking(() => this.app.queryAbci("/cosmos.tx.v1beta1.Service/Simulate", request));
    const used = SimulateResponse.decode(value).gasInfo?.gasUsed ?? 0n;
    return Number((used * 13n + 9n) / 10n);
  }

  private async sign(messages: readonly EncodeObject[], standing: Standing, gas: number): Promise<Uint8Array> {
    const signer = { ...standing, chainId: this.deployment.chain_id };
    return TxRaw.encode(
      await this.chain.sign(this.address, messages, calculateFee(gas, this.gasPrice), "", signer)
    ).finish();
  }

  private async learn(): Promise<Standing> {
    const account = await asking(() => this.chain.getAccount(this.address));
    if (!account) throw new Failure("unknown_account", `${this.address} has never received anything`);
    return { accountNumber: account.accountNumber, sequence: account.sequence };
  }

  private async mined(hash: string): Promise<Mined> {
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until; ) {
      const found = await this.find(hash);
      if (found) return happened(found);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Failure("not_included", `${hash} is in no block yet`);
  }

  /** The transaction; null while it is in no block, or the node out of reach. */
  private async find(hash: string): Promise<IndexedTx | null> {
    try {
      return await asking(() => this.chain.getTx(hash));
    } catch (error) {
      if (error instanceof Failure && error.code === "node_unreachable") return null;
      throw error;
    }
  }
}

function happened(tx: IndexedTx): Mined {
  if (tx.code !== 0) throw ofLog(tx);
  const data = tx.msgResponses.map(({ value }) => json(MsgExecuteContractResponse.decode(value).data));
  return { hash: tx.hash, height: tx.height, gasUsed: tx.gasUsed, events: tx.events, data };
}

/** A transaction's log has no codespace here; running out of gas is told by words alone. */
function ofLog({ rawLog }: IndexedTx): Failure {
  return rawLog.includes("out of gas") ? new Failure("out_of_gas", rawLog) : ofWords(rawLog);
}

function json(bytes: Uint8Array): unknown {
  return bytes.length === 0 ? null : JSON.parse(new TextDecoder().decode(bytes));
}
