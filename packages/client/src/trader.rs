//! A key that acts on a deployment.

use cosmos_sdk_proto::Any;
use cosmwasm_std::Coin;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokfut_api::market::{self, NewOrder, OrderRef, PlacedOrder};
use tokfut_api::vault::{self, OpenedAccount};
use tokfut_core::id::AccountId;
use tokfut_core::money::Amount;
use tokfut_scenario::{Call, Contract, Failure};

use crate::answer::Receipt;
use crate::messages::execute;
use crate::protocol::Protocol;
use crate::wallet::{Gas, Pending, Wallet};

/// Gas that an order may take beyond its estimate: at rest it takes 100,000, and 130,000 are allowed; of one account it
/// takes 144,000, and 15,000 of each further one.
const ROOM: u64 = 75_000;

/// A wallet on a deployment: whoever trades, relays, settles or governs.
pub struct Trader {
    protocol: Protocol,
    wallet: Wallet,
}

/// What became of an order.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Filled, resting, cancelled; the id of what rests.
    pub order: PlacedOrder,
    /// The transaction, with its events.
    pub receipt: Receipt,
}

impl Trader {
    /// The wallet on the deployment.
    pub fn new(protocol: Protocol, wallet: Wallet) -> Self {
        Self { protocol, wallet }
    }

    /// The deployment.
    pub fn protocol(&self) -> &Protocol {
        &self.protocol
    }

    /// The wallet.
    pub fn wallet(&self) -> &Wallet {
        &self.wallet
    }

    /// A message to a contract, for a transaction of several.
    pub fn message(&self, contract: Contract, msg: &impl Serialize, funds: &[Coin]) -> Result<Any, Failure> {
        execute(self.wallet.address(), self.protocol.deployment().address(contract), msg, funds)
    }

    /// Sends calls as one transaction and waits for its block: all of them happen, or none.
    pub async fn transact(&self, calls: &[Call], gas: Gas) -> Result<Receipt, Failure> {
        self.submit(calls, gas).await?.receipt().await
    }

    /// Sends calls as one transaction without waiting for its block; many may be under way at once. Estimated gas has
    /// room for orders that rest in the simulation and trade in the block.
    pub async fn submit(&self, calls: &[Call], gas: Gas) -> Result<Pending, Failure> {
        let gas = if gas == Gas::Estimated { Gas::Roomy(room(calls)) } else { gas };
        let message = |call: &Call| self.message(call.contract, &call.msg, &call.funds);
        let messages = calls.iter().map(message).collect::<Result<Vec<_>, _>>()?;
        self.wallet.submit(messages, gas).await
    }

    /// Sends any message of the market.
    pub async fn market(&self, msg: &market::ExecuteMsg) -> Result<Receipt, Failure> {
        self.transact(&[Call::new(Contract::Market, msg)?], Gas::Estimated).await
    }

    /// Sends any message of the vault, with an amount of the collateral.
    pub async fn vault(&self, msg: &vault::ExecuteMsg, funds: Option<Amount>) -> Result<Receipt, Failure> {
        let denom = &self.protocol.deployment().spec.denom;
        let funds = funds.map(|amount| Coin::new(amount.base_units(), denom.clone())).into_iter().collect();
        self.transact(&[Call { funds, ..Call::new(Contract::Vault, msg)? }], Gas::Estimated).await
    }

    /// Sends any message of the oracle.
    pub async fn oracle(&self, msg: &tokfut_api::oracle::ExecuteMsg) -> Result<Receipt, Failure> {
        self.transact(&[Call::new(Contract::Oracle, msg)?], Gas::Estimated).await
    }

    /// Opens an account.
    pub async fn open_account(&self) -> Result<AccountId, Failure> {
        let receipt = self.vault(&vault::ExecuteMsg::OpenAccount {}, None).await?;
        data::<OpenedAccount>(&receipt).map(|opened| opened.account)
    }

    /// Pays so many base units of the collateral in.
    pub async fn deposit(&self, account: AccountId, amount: Amount) -> Result<Receipt, Failure> {
        self.vault(&vault::ExecuteMsg::Deposit { account }, Some(amount)).await
    }

    /// Pays so many base units out.
    pub async fn withdraw(&self, account: AccountId, amount: Amount) -> Result<Receipt, Failure> {
        self.vault(&vault::ExecuteMsg::Withdraw { account, amount }, None).await
    }

    /// Places an order.
    pub async fn place(&self, order: NewOrder) -> Result<Placed, Failure> {
        let receipt = self.market(&market::ExecuteMsg::PlaceOrder(order)).await?;
        Ok(Placed { order: data(&receipt)?, receipt })
    }

    /// Cancels an order by its public id.
    pub async fn cancel(&self, account: AccountId, id: &str) -> Result<Receipt, Failure> {
        self.market(&market::ExecuteMsg::CancelOrder { account, order: OrderRef::Id(id.to_string()) }).await
    }

    /// Cancels an order by the account's own number.
    pub async fn cancel_client(&self, account: AccountId, client_id: u64) -> Result<Receipt, Failure> {
        let order = OrderRef::ClientId(client_id.into());
        self.market(&market::ExecuteMsg::CancelOrder { account, order }).await
    }

    /// Cancels every order of the account.
    pub async fn cancel_all(&self, account: AccountId) -> Result<Receipt, Failure> {
        self.market(&market::ExecuteMsg::CancelAll { account }).await
    }
}

/// The gas that the orders among these calls may take beyond what they take when they rest.
fn room(calls: &[Call]) -> u64 {
    let is_order = |call: &&Call| call.contract == Contract::Market && call.msg.get("place_order").is_some();
    calls.iter().filter(is_order).fold(0, |room, _| room.saturating_add(ROOM))
}

/// The data of the first message's response.
fn data<T: DeserializeOwned>(receipt: &Receipt) -> Result<T, Failure> {
    let data = receipt.outcomes.first().and_then(|outcome| outcome.data.as_ref());
    let data = data.ok_or_else(|| Failure::new("invalid_answer", "no data"))?;
    serde_json::from_slice(data).map_err(|error| Failure::new("invalid_answer", error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_order_of_a_transaction_has_room_to_trade_and_nothing_else_has() {
        let call = |contract, msg| Call { contract, msg, funds: vec![] };
        let (order, cancel) = (json!({"place_order": {}}), json!({"cancel_all": {"account": 8}}));
        let calls =
            [call(Contract::Market, order.clone()), call(Contract::Market, cancel), call(Contract::Market, order)];
        assert_eq!(room(&calls), 150_000);
        assert_eq!(room(&calls[1..2]), 0);
    }
}
