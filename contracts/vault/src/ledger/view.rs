//! What the working set says of an account: its portfolio at the marks of now, or of the block's beginning.

use tokfut_core::clearing::Position;
use tokfut_core::id::{AccountId, SeriesId};
use tokfut_core::margin::{Holding, Leg, Portfolio};
use tokfut_core::money::Amount;
use tokfut_core::price::Price;

use super::Ledger;
use crate::error::ContractError;
use crate::guard::{self, Act};
use crate::state::Owner;

/// Which marks count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marks {
    /// Those of now.
    Now,
    /// Those that the block began with.
    BlockStart,
}

impl Ledger<'_> {
    /// The positions of an account that are not empty, all loaded, in order of series.
    pub fn positions_of(&mut self, account: AccountId) -> Result<Vec<(SeriesId, Position)>, ContractError> {
        self.load_all(account)?;
        let own = self.positions.range((account, SeriesId(0))..=(account, SeriesId(u16::MAX)));
        let kept = own.filter(|(_, entry)| !entry.now.is_empty());
        Ok(kept.map(|((_, series), entry)| (series, entry.now.clone())).collect())
    }

    /// Whether `sender` may do this for the account; its owner.
    pub fn permit(&mut self, (account, act): (AccountId, Act), sender: &str) -> Result<Owner, ContractError> {
        let (storage, now) = (self.storage, self.now);
        let owner = self.owner(account)?;
        guard::permit(storage, owner, (account, act), (sender, now))?;
        Ok(owner.clone())
    }

    /// What the owner may take out of an account (clause 4.4), less what his other accounts are below zero by: that is
    /// owed out of this one first (clause 6.5).
    pub fn withdrawable(&mut self, account: AccountId, owner: &Owner) -> Result<Amount, ContractError> {
        let mut free = self.portfolio(account)?.withdrawable()?;
        for other in owner.others(account) {
            free = free.saturating_sub(self.portfolio(other)?.equity()?.loss());
        }
        Ok(free)
    }

    /// What an account has, at the marks of now.
    pub fn portfolio(&mut self, account: AccountId) -> Result<Portfolio, ContractError> {
        self.portfolio_at(account, Marks::Now)
    }

    /// What an account has: cash, positions, orders. Products in order of code, series in order of number.
    pub fn portfolio_at(&mut self, account: AccountId, marks: Marks) -> Result<Portfolio, ContractError> {
        let mut holdings: Vec<Holding> = vec![];
        for (id, position) in self.positions_of(account)? {
            let series = self.series(id)?.clone();
            let (now, height) = (self.now, self.height);
            let product = self.product(series.product)?;
            let mark: Price = match marks {
                Marks::Now => series.mark.price,
                Marks::BlockStart => series.mark.at_start_of(height),
            };
            let leg = Leg::of(id, (&series, mark), &position, product, now)?;
            match holdings.iter_mut().find(|holding| holding.id == series.product) {
                Some(holding) => holding.legs.push(leg),
                None => {
                    let place = holdings.partition_point(|other| other.product.code < product.code);
                    let (id, product) = (series.product, product.clone());
                    holdings.insert(place, Holding { id, product, legs: vec![leg] });
                }
            }
        }
        Ok(Portfolio { cash: self.cash(account)?, holdings })
    }
}
