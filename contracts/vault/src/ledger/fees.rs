//! Fees (clause 4.8): shares of notional, rounded up, never taking cash below zero, split by configuration.

use tokfut_api::clearing::{ClearedFill, Clearing};
use tokfut_core::id::{AccountId, ProductId};
use tokfut_core::money::{Amount, SignedAmount};
use tokfut_core::pots::{PostingKind, Pot};
use tokfut_core::price::{Lots, Price};
use tokfut_core::rate::Rate;

use super::{Ledger, Shelf};
use crate::error::ContractError;

/// What the taker of trades paid.
pub struct TradeFees {
    /// All of it.
    pub fee: Amount,
    /// What of it went to the makers.
    pub rebates: Amount,
}

impl Ledger<'_> {
    /// Takes a fee of at most `amount` out of cash above zero, insurance's share to insurance, the rest to the treasury;
    /// the remainder of the split is insurance's.
    fn fee(&mut self, kind: PostingKind, account: AccountId, amount: Amount) -> Result<(), ContractError> {
        let payer = Pot::of(account);
        let taken = amount.min(self.cash(account)?.gain());
        let treasury = Rate::ONE.checked_sub(self.config.insurance_share)?.of_down(taken)?;
        self.post(kind, payer, Pot::Insurance, taken.checked_sub(treasury)?)?;
        self.post(kind, payer, Pot::Treasury, treasury)
    }

    /// Takes the fees of an order's trades. The taker pays for one after the other as long as his cash lasts; a maker who
    /// has a rebate is paid it by the taker, rounded down, and no more than the taker paid for that very trade: it can
    /// come from nobody else.
    pub fn trading_fees(&mut self, clearing: &Clearing) -> Result<TradeFees, ContractError> {
        let taker = clearing.account;
        let mut cash = self.cash(taker)?.gain();
        let (mut fee, mut rebates) = (Amount::ZERO, Amount::ZERO);
        // What each maker is charged (positive) or paid: of one product, all the one or all the other.
        let mut makers: Shelf<AccountId, SignedAmount> = Shelf::new();
        for ClearedFill { maker, price, lots, .. } in &clearing.fills {
            let product = self.product(clearing.product)?;
            let notional = product.unit_value.notional(*price, *lots)?;
            let rates = product.fees;
            let paid = rates.taker.of_up(notional)?.min(cash);
            let rebate = rates.maker.rebate().of_down(notional)?.min(paid);
            cash = cash.checked_sub(paid)?;
            fee = fee.checked_add(paid)?;
            rebates = rebates.checked_add(rebate)?;
            let due = makers.get(*maker).copied().unwrap_or_default();
            makers.insert(*maker, due.credit(rates.maker.charge().of_up(notional)?)?.debit(rebate)?);
        }
        self.fee(PostingKind::TakerFee, taker, fee.checked_sub(rebates)?)?;
        for (maker, due) in makers {
            self.fee(PostingKind::MakerFee, maker, due.gain())?;
            self.post(PostingKind::MakerRebate, Pot::of(taker), Pot::of(maker), due.loss())?;
        }
        Ok(TradeFees { fee, rebates })
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
        self.fee(PostingKind::SettlementFee, account, fee)
    }
}
