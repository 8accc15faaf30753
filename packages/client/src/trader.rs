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

    /// Sends calls as one transaction without waiting for its block; many may be under way at once.
    pub async fn submit(&self, calls: &[Call], gas: Gas) -> Result<Pending, Failure> {
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

/// The data of the first message's response.
fn data<T: DeserializeOwned>(receipt: &Receipt) -> Result<T, Failure> {
    let data = receipt.outcomes.first().and_then(|outcome| outcome.data.as_ref());
    let data = data.ok_or_else(|| Failure::new("invalid_answer", "no data"))?;
    serde_json::from_slice(data).map_err(|error| Failure::new("invalid_answer", error))
}
