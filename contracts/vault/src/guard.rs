//! What is checked at the door: coins, and who may send what. One table.

use cosmwasm_std::{Addr, Coin, MessageInfo, Storage, Uint128};
use tokfut_api::vault::ExecuteMsg;
use tokfut_core::id::{AccountId, ProductId};
use tokfut_core::money::Amount;
use tokfut_core::time::Time;

use crate::error::{ContractError, Refusal};
use crate::state::{Config, DELEGATES, OWNERS, Owner, ROLES, Text};

/// Who may send a message at all; the rights over an account are asked where it is loaded.
enum Door {
    Anyone,
    Market,
    Governance,
}

/// Whether a message takes coins.
enum Coins {
    None,
    Collateral,
}

const fn table(message: &ExecuteMsg) -> (Door, Coins) {
    match message {
        ExecuteMsg::Connect { .. } => (Door::Governance, Coins::None),
        ExecuteMsg::Deposit { .. } | ExecuteMsg::FundInsurance {} => (Door::Anyone, Coins::Collateral),
        ExecuteMsg::OpenAccount {}
        | ExecuteMsg::Withdraw { .. }
        | ExecuteMsg::AddDelegate { .. }
        | ExecuteMsg::RemoveDelegate { .. }
        | ExecuteMsg::CollectFees {}
        | ExecuteMsg::Finalise { .. }
        | ExecuteMsg::Liquidate { .. }
        | ExecuteMsg::UnwindHouse { .. }
        | ExecuteMsg::Advance { .. }
        | ExecuteMsg::Touch { .. } => (Door::Anyone, Coins::None),
        ExecuteMsg::Clear(_)
        | ExecuteMsg::ListSeries { .. }
        | ExecuteMsg::SetMarks { .. }
        | ExecuteMsg::Strike { .. } => (Door::Market, Coins::None),
    }
}

/// Lets a message in, with the collateral that came with it: zero where none is taken.
pub fn admit(
    storage: &dyn Storage,
    config: &Config,
    info: &MessageInfo,
    message: &ExecuteMsg,
) -> Result<Amount, ContractError> {
    let (door, coins) = table(message);
    let paid = match coins {
        Coins::None => no_coins(info)?,
        Coins::Collateral => collateral(config, &info.funds)?,
    };
    match door {
        Door::Anyone => Ok(paid),
        Door::Market => only(config.market()?, "the market", info).map(|()| paid),
        Door::Governance => only(&ROLES.load(storage)?.governance, "governance", info).map(|()| paid),
    }
}

/// Refuses any coin.
pub fn no_coins(info: &MessageInfo) -> Result<Amount, ContractError> {
    info.funds.first().map_or(Ok(Amount::ZERO), |coin| Err(Refusal::UnexpectedFunds(coin.clone()).into()))
}

fn only(who: &Addr, role: &'static str, info: &MessageInfo) -> Result<(), ContractError> {
    if info.sender == who { Ok(()) } else { Err(Refusal::Unauthorized(role).into()) }
}

/// Exactly one coin, of the collateral, of 1 to 10^30 base units.
fn collateral(config: &Config, funds: &[Coin]) -> Result<Amount, ContractError> {
    match funds {
        [coin] if coin.denom == config.denom => {
            let narrowed = Uint128::try_from(coin.amount).map(|units| Amount::new(units.u128()));
            narrowed.ok().and_then(within).ok_or_else(|| Refusal::InvalidAmount(coin.amount.to_string()).into())
        }
        _ => {
            let got: Vec<String> = funds.iter().map(Coin::to_string).collect();
            let got = if got.is_empty() { "none".to_string() } else { got.join(",") };
            Err(Refusal::InvalidFunds { denom: config.denom.clone(), got }.into())
        }
    }
}

/// An amount that a message names: 1 to 10^30 base units.
pub fn amount(amount: Amount) -> Result<Amount, ContractError> {
    within(amount).ok_or_else(|| Refusal::InvalidAmount(amount.to_string()).into())
}

fn within(amount: Amount) -> Option<Amount> {
    (!amount.is_zero() && amount <= Amount::MAX_INPUT).then_some(amount)
}

/// A list of 1 to `max` entries.
pub fn count(what: &'static str, got: usize, max: usize) -> Result<(), ContractError> {
    if got >= 1 && got <= max { Ok(()) } else { Err(Refusal::InvalidCount { what, got, max }.into()) }
}

/// What somebody wants to do for an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Take money out, or name delegates: the owner alone.
    Own,
    /// Place orders of a product.
    Trade(ProductId),
    /// Cancel orders of a product.
    Cancel(ProductId),
    /// Cancel orders of all products.
    CancelAll,
}

impl Act {
    const fn name(self) -> &'static str {
        match self {
            Self::Own => "act as owner",
            Self::Trade(_) => "trade",
            Self::Cancel(_) => "cancel",
            Self::CancelAll => "cancel all",
        }
    }

    /// Whether a delegate may who trades this product (none: all; no value at all: none, he only cancels).
    fn is_granted(self, trades: Option<Option<ProductId>>) -> bool {
        match (self, trades) {
            (Self::Own, _) | (Self::Trade(_), None) => false,
            (Self::Trade(product) | Self::Cancel(product), Some(Some(only))) => product == only,
            (Self::CancelAll, Some(Some(_))) => false,
            (Self::Trade(_) | Self::Cancel(_) | Self::CancelAll, Some(None)) => true,
            (Self::Cancel(_) | Self::CancelAll, None) => true,
        }
    }
}

/// The owner of an account; an error if there is no such account. Nobody owns the house.
pub fn owner(storage: &dyn Storage, account: AccountId) -> Result<Owner, ContractError> {
    let owner = OWNERS.may_load(storage, &account.first())?;
    owner.filter(|owner| owner.has(account)).ok_or_else(|| Refusal::UnknownAccount(account.0).into())
}

/// Whether `sender` may do this for the account of `owner`: he anything, a delegate what his scope says, until he expires.
pub fn permit(
    storage: &dyn Storage,
    owner: &Owner,
    (account, act): (AccountId, Act),
    (sender, now): (&str, Time),
) -> Result<(), ContractError> {
    if owner.address.as_str() == sender {
        return Ok(());
    }
    let delegation = match act {
        Act::Own => None,
        _ => DELEGATES.may_load(storage, &(account, Text(sender.to_string())))?,
    };
    let granted = delegation.is_some_and(|grant| now < grant.expires && act.is_granted(grant.trades));
    let refused = || Refusal::NotPermitted { sender: sender.to_string(), act: act.name(), account: account.0 };
    if granted { Ok(()) } else { Err(refused().into()) }
}
