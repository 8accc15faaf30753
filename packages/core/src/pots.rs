//! Where the vault's money is, and every way it moves (clause 4.9): a posting has two ends, the pots are their sum.

use core::fmt;
use serde::{Deserialize, Serialize};

use crate::id::AccountId;
use crate::money::{Amount, Overflow, SignedAmount};

/// One end of a posting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pot {
    /// Beyond the vault.
    Outside,
    /// The cash of an account. The house's is [`Pot::Insurance`].
    Account(AccountId),
    /// What settlement has taken from losers and not yet given to winners, and the reverse.
    Clearing,
    /// The insurance fund: the house's cash.
    Insurance,
    /// The treasury's share of fees, not yet collected.
    Treasury,
    /// Haircuts paid, less what they were taken for.
    Haircut,
    /// What is still missing: never above zero.
    Shortfall,
}

/// Why money moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostingKind {
    /// Coins came in for an account.
    Deposit,
    /// Coins went out to an owner.
    Withdrawal,
    /// Coins came in for insurance.
    Donation,
    /// Coins went out to the treasury.
    Collection,
    /// A settlement became cash.
    Settlement,
    /// A winner paid for a shortfall.
    Haircut,
    /// The fee of the order that took.
    TakerFee,
    /// The fee of the order that rested.
    MakerFee,
    /// What of the fee of the order that took goes to the one that rested.
    MakerRebate,
    /// The fee of lots that ended with the final settlement.
    SettlementFee,
    /// For being liquidated.
    LiquidationFee,
    /// For the risk that insurance bore.
    InsuranceFee,
    /// The caller's share of the liquidation fee.
    Bounty,
    /// The house took variation and pending over at face value.
    TakeOver,
    /// The house advanced cash against variation.
    Advance,
    /// A deficit, out of the owner's other accounts.
    OwnerCover,
    /// A deficit, out of insurance.
    InsuranceCover,
    /// A deficit that is still missing.
    Missing,
    /// A shortfall made good out of insurance.
    Repayment,
}

impl PostingKind {
    /// Its name in events.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Deposit => "deposit",
            Self::Withdrawal => "withdrawal",
            Self::Donation => "donation",
            Self::Collection => "collection",
            Self::Settlement => "settlement",
            Self::Haircut => "haircut",
            Self::TakerFee => "taker_fee",
            Self::MakerFee => "maker_fee",
            Self::MakerRebate => "maker_rebate",
            Self::SettlementFee => "settlement_fee",
            Self::LiquidationFee => "liquidation_fee",
            Self::InsuranceFee => "insurance_fee",
            Self::Bounty => "bounty",
            Self::TakeOver => "take_over",
            Self::Advance => "advance",
            Self::OwnerCover => "owner_cover",
            Self::InsuranceCover => "insurance_cover",
            Self::Missing => "missing",
            Self::Repayment => "repayment",
        }
    }
}

impl Pot {
    /// Where the cash of `account` is.
    pub fn of(account: AccountId) -> Self {
        if account == AccountId::HOUSE { Self::Insurance } else { Self::Account(account) }
    }
}

impl fmt::Display for Pot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outside => f.write_str("outside"),
            Self::Account(account) => write!(f, "account:{}", account.0),
            Self::Clearing => f.write_str("clearing"),
            Self::Insurance => f.write_str("insurance"),
            Self::Treasury => f.write_str("treasury"),
            Self::Haircut => f.write_str("haircut"),
            Self::Shortfall => f.write_str("shortfall"),
        }
    }
}

/// Money that moves from one pot to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Posting {
    /// Why.
    pub kind: PostingKind,
    /// The payer.
    pub from: Pot,
    /// The payee.
    pub to: Pot,
    /// Base units.
    pub amount: Amount,
}

/// Every pot; their sum is the vault's coins, less what strangers sent in. About 30 bytes at rest.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pots {
    /// Σ cash of all accounts but the house.
    pub accounts: SignedAmount,
    /// See [`Pot::Clearing`].
    pub clearing: SignedAmount,
    /// See [`Pot::Insurance`].
    pub insurance: SignedAmount,
    /// See [`Pot::Treasury`].
    pub treasury: SignedAmount,
    /// See [`Pot::Haircut`].
    pub haircut: SignedAmount,
    /// See [`Pot::Shortfall`].
    pub shortfall: SignedAmount,
}

impl Pots {
    /// Takes a posting in.
    pub fn apply(&mut self, posting: &Posting) -> Result<(), Overflow> {
        let Posting { kind: _, from, to, amount } = *posting;
        if let Some(pot) = self.pot(from) {
            *pot = pot.debit(amount)?;
        }
        if let Some(pot) = self.pot(to) {
            *pot = pot.credit(amount)?;
        }
        Ok(())
    }

    const fn pot(&mut self, pot: Pot) -> Option<&mut SignedAmount> {
        match pot {
            Pot::Outside => None,
            Pot::Account(_) => Some(&mut self.accounts),
            Pot::Clearing => Some(&mut self.clearing),
            Pot::Insurance => Some(&mut self.insurance),
            Pot::Treasury => Some(&mut self.treasury),
            Pot::Haircut => Some(&mut self.haircut),
            Pot::Shortfall => Some(&mut self.shortfall),
        }
    }

    /// Σ of all pots.
    pub fn total(&self) -> Result<SignedAmount, Overflow> {
        let Self { accounts, clearing, insurance, treasury, haircut, shortfall } = self;
        let pots = [clearing, insurance, treasury, haircut, shortfall];
        pots.iter().try_fold(*accounts, |sum, pot| sum.checked_add(**pot))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_moves_between_pots_and_only_the_outside_changes_their_sum() {
        let pots = [
            Pot::Outside,
            Pot::Account(AccountId(8)),
            Pot::Clearing,
            Pot::Insurance,
            Pot::Treasury,
            Pot::Haircut,
            Pot::Shortfall,
        ];
        for from in pots {
            for to in pots {
                let mut ledger = Pots::default();
                let posting = Posting { kind: PostingKind::Deposit, from, to, amount: Amount::new(7) };
                ledger.apply(&posting).unwrap();
                let change = match (from, to) {
                    (Pot::Outside, Pot::Outside) => 0,
                    (Pot::Outside, _) => 7,
                    (_, Pot::Outside) => -7,
                    _ => 0,
                };
                assert_eq!(ledger.total().unwrap().base_units(), change, "{from} to {to}");
                assert_eq!(ledger == Pots::default(), from == to, "{from} to {to}");
            }
        }
    }

    #[test]
    fn the_houses_cash_is_insurance() {
        assert_eq!(Pot::of(AccountId::HOUSE), Pot::Insurance);
        assert_eq!(Pot::of(AccountId(8)).to_string(), "account:8");
    }
}
