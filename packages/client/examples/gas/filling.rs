//! The filling: accounts and orders on the chain before it is measured a second time.

use cosmwasm_std::Coin;
use serde_json::json;
use tokfut_api::market::{ExecuteMsg as Market, NewOrder};
use tokfut_api::vault::ExecuteMsg as Vault;
use tokfut_client::{Contract, Failure, Gas, Pending, Receipt, Trader, bank_send};
use tokfut_core::id::AccountId;
use tokfut_core::price::Price;
use tokfut_scenario::Call;

use super::{Bench, DECIMALS, below};

/// Accounts of an owner, and orders of each in the filling.
const ACCOUNTS: usize = 8;
/// Transactions under way at once while filling.
const UNDER_WAY: usize = 40;

impl Bench {
    /// So many accounts with money and one resting order each, eight accounts an owner.
    pub async fn fill(&mut self, state: usize) -> Result<(), Failure> {
        let owners = state.div_ceil(ACCOUNTS);
        let names =
            (0..owners).map(|number| self.trader(&format!("filler {number}"))).collect::<Result<Vec<_>, _>>()?;
        eprintln!("filling: {owners} owners");
        self.fund(&names).await?;
        let open = vec![Call::new(Contract::Vault, &Vault::OpenAccount {})?; ACCOUNTS];
        let opened = self.all(&names, |_, _| Ok(open.clone())).await?;
        let mut accounts = Vec::new();
        for receipt in &opened {
            let of_owner = receipt.events_of::<tokfut_api::vault::AccountOpened>();
            accounts.push(of_owner.into_iter().map(|opened| opened.account).collect::<Vec<_>>());
        }
        eprintln!("filling: {} accounts", accounts.iter().map(Vec::len).sum::<usize>());
        let funds = vec![Coin::new(1_000_000_000u128, "uusd")];
        self.all(&names, |index, _| {
            let deposit = |account: &AccountId| {
                Ok(Call { funds: funds.clone(), ..Call::new(Contract::Vault, &Vault::Deposit { account: *account })? })
            };
            accounts.get(index).into_iter().flatten().map(deposit).collect()
        })
        .await?;
        eprintln!("filling: paid in");
        let series = self.series.clone();
        self.all(&names, |index, trader| {
            let order = |account: &AccountId| {
                let depth = u32::try_from(index).unwrap_or(0).checked_rem(20).unwrap_or(0);
                let units = below(100u32.saturating_add(depth));
                let price = Price::new(units).map_err(|error| Failure::new("bench", error))?.to_decimal(DECIMALS);
                let order = json!({"account": account, "series": series, "side": "buy", "lots": "1", "price": {"limit": price}});
                let order: NewOrder = serde_json::from_value(order).map_err(|error| Failure::new("bench", error))?;
                let _ = trader;
                Call::new(Contract::Market, &Market::PlaceOrder(order))
            };
            accounts.get(index).into_iter().flatten().map(order).collect()
        })
        .await?;
        eprintln!("filling: done");
        Ok(())
    }

    async fn fund(&self, owners: &[Trader]) -> Result<(), Failure> {
        let faucet = self.trader("faucet")?;
        let coins = [Coin::new(10_000_000u128, "ustake"), Coin::new(100_000_000_000u128, "uusd")];
        let mut under_way = Vec::new();
        for some in owners.chunks(100) {
            let send = |owner: &Trader| bank_send(faucet.wallet().address(), owner.wallet().address(), &coins);
            under_way.push(faucet.wallet().submit(some.iter().map(send).collect(), Gas::Limit(20_000_000)).await?);
        }
        for pending in under_way {
            pending.receipt().await?;
        }
        Ok(())
    }

    /// One transaction of each owner, some at once.
    async fn all(
        &self,
        owners: &[Trader],
        calls: impl Fn(usize, &Trader) -> Result<Vec<Call>, Failure>,
    ) -> Result<Vec<Receipt>, Failure> {
        let mut receipts = Vec::new();
        for (first, some) in (0..).step_by(UNDER_WAY).zip(owners.chunks(UNDER_WAY)) {
            self.keep().await?;
            let mut under_way: Vec<Pending> = Vec::new();
            for (index, owner) in (first..).zip(some) {
                under_way.push(owner.submit(&calls(index, owner)?, Gas::Limit(2_000_000)).await?);
            }
            for pending in under_way {
                receipts.push(pending.receipt().await?);
            }
        }
        Ok(receipts)
    }
}
