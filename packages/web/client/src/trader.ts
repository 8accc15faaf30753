// A key that acts on a deployment.

import type { MsgExecuteContractEncodeObject } from "@cosmjs/cosmwasm";
import { toUtf8 } from "@cosmjs/encoding";
import { DirectSecp256k1HdWallet, type OfflineDirectSigner } from "@cosmjs/proto-signing";
import { MsgExecuteContract } from "cosmjs-types/cosmwasm/wasm/v1/tx";

import { CONTRACTS } from "./deployment.js";
import { parseEvents, type TokfutEvent } from "./events.js";
import { Failure } from "./failure.js";
import type * as market from "./generated/market.js";
import type * as oracle from "./generated/oracle.js";
import type * as vault from "./generated/vault.js";
import type { Protocol } from "./protocol.js";
import { type Gas, type Mined, type Pending, Wallet } from "./wallet.js";

/** A message to one of the contracts, with so many base units of the collateral. */
export type Call =
  | { readonly contract: "market"; readonly msg: market.ExecuteMsg }
  | { readonly contract: "oracle"; readonly msg: oracle.ExecuteMsg; readonly funds?: bigint }
  | { readonly contract: "vault"; readonly msg: vault.ExecuteMsg; readonly funds?: bigint };

/** A transaction that happened, with the events of the deployment's contracts. */
export interface Receipt extends Omit<Mined, "events"> {
  readonly events: readonly TokfutEvent[];
}

/** What became of an order; the data of `place_order`. */
export interface PlacedOrder {
  /** The id of what rests; null if nothing does. */
  readonly order: string | null;
  /** Lots traded. */
  readonly filled: market.Lots;
  /** Lots resting. */
  readonly resting: market.Lots;
  /** Lots cancelled. */
  readonly cancelled: market.Lots;
}

/** Whoever trades, relays, settles or governs. Every act fails with a `Failure`: then nothing of it happened. */
export class Trader {
  constructor(readonly protocol: Protocol, readonly wallet: Wallet) {}

  /** The first key of a mnemonic. */
  static async fromMnemonic(protocol: Protocol, mnemonic: string): Promise<Trader> {
    const { prefix } = protocol.deployment;
    return Trader.withSigner(protocol, await DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix }));
  }

  /** A key that signs elsewhere: a browser's wallet. */
  static async withSigner(protocol: Protocol, signer: OfflineDirectSigner): Promise<Trader> {
    return new Trader(protocol, await Wallet.of(protocol.node, protocol.deployment, signer));
  }

  /** Sends calls as one transaction and waits for its block: all of them happen, or none. */
  async transact(calls: readonly Call[], gas: Gas = "estimated"): Promise<Receipt> {
    return this.receipt(await this.submit(calls, gas));
  }

  /** Sends calls as one transaction without waiting for its block; many may be under way at once. */
  submit(calls: readonly Call[], gas: Gas = "estimated"): Promise<Pending> {
    return this.wallet.submit(
      calls.map((call) => this.message(call)),
      gas
    );
  }

  /** Waits for the block of what was submitted. */
  async receipt(pending: Pending): Promise<Receipt> {
    const { events, ...mined } = await pending.mined();
    return {
      ...mined,
      events: parseEvents(
        events,
        CONTRACTS.map((contract) => this.protocol.deployment[contract])
      ),
    };
  }

  /** Opens an account; its number. */
  async openAccount(): Promise<vault.AccountId> {
    const receipt = await this.transact([{ contract: "vault", msg: { open_account: {} } }]);
    return data<{ account: vault.AccountId }>(receipt).account;
  }

  /** The accounts that the key owns. */
  accounts(): Promise<vault.AccountId[]> {
    return this.protocol.vault("accounts_of", { owner: this.wallet.address });
  }

  /** Pays so many base units of the collateral in. */
  deposit(account: vault.AccountId, amount: bigint): Promise<Receipt> {
    return this.transact([{ contract: "vault", msg: { deposit: { account } }, funds: amount }]);
  }

  /** Pays so many base units out. */
  withdraw(account: vault.AccountId, amount: bigint): Promise<Receipt> {
    return this.transact([{ contract: "vault", msg: { withdraw: { account, amount: amount.toString() } } }]);
  }

  /** Places an order. */
  async place(order: market.NewOrder): Promise<{ placed: PlacedOrder; receipt: Receipt }> {
    const receipt = await this.transact([{ contract: "market", msg: { place_order: order } }]);
    return { placed: data<PlacedOrder>(receipt), receipt };
  }

  /** Cancels an order by its public id, or by the account's own number. */
  cancel(account: vault.AccountId, order: market.OrderRef): Promise<Receipt> {
    return this.transact([{ contract: "market", msg: { cancel_order: { account, order } } }]);
  }

  /** Cancels every order of the account. */
  cancelAll(account: vault.AccountId): Promise<Receipt> {
    return this.transact([{ contract: "market", msg: { cancel_all: { account } } }]);
  }

  private message(call: Call): MsgExecuteContractEncodeObject {
    const amount = "funds" in call ? call.funds : undefined;
    const denom = this.protocol.deployment.spec.denom;
    return {
      typeUrl: "/cosmwasm.wasm.v1.MsgExecuteContract",
      value: MsgExecuteContract.fromPartial({
        sender: this.wallet.address,
        contract: this.protocol.deployment[call.contract],
        msg: toUtf8(JSON.stringify(call.msg)),
        funds: amount === undefined ? [] : [{ denom, amount: amount.toString() }],
      }),
    };
  }
}

/** The data of the first message's response. */
function data<Data>(receipt: Receipt): Data {
  const [first] = receipt.data;
  if (first === null || first === undefined) throw new Failure("invalid_answer", `${receipt.hash} has no data`);
  return first as Data;
}
