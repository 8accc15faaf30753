//! Fees (clause 4.8): shares of notional, rounded up, never taking cash below zero, split by configuration.

use tokfut_core::id::{AccountId, ProductId};
use tokfut_core::money::Amount;
use tokfut_core::pots::{PostingKind, Pot};
use tokfut_core::price::{Lots, Price};
use tokfut_core::rate::Rate;

use super::Ledger;
use crate::error::ContractError;

impl Ledger<'_> {
    /// Takes a fee of at most `amount` out of cash above zero, insurance's share to insurance, the rest to the treasury;
    /// the remainder of the split is insurance's. What was taken.
    pub fn fee(&mut self, kind: PostingKind, account: AccountId, amount: Amount) -> Result<Amount, ContractError> {
        let payer = Pot::of(account);
        let taken = amount.min(self.cash(account)?.gain());
        let treasury = Rate::ONE.checked_sub(self.config.insurance_share)?.of_down(taken)?;
        self.post(kind, payer, Pot::Insurance, taken.checked_sub(treasury)?)?;
        self.post(kind, payer, Pot::Treasury, treasury)?;
        Ok(taken)
    }

    /// The fee of lots that ended by the final settlement. The house pays none.
    pub(super) fn settlement_fee(
        &mut self,
        account: AccountId,
        product: ProductId,
        (lots, price): (Lots, Price),
    ) -> Result<(), ContractError> {
        if account == AccountId::HOUSE {
            return Ok(());
        }
        let terms = self.product(product)?;
        let fee = terms.fees.settlement.of_up(terms.unit_value.notional(price, lots)?)?;
        self.fee(PostingKind::SettlementFee, account, fee).map(drop)
    }
}
