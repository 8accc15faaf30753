//! The ledger: every pot, by kind of posting. Each kind sums to zero over all pots; each pot's kinds sum to what it holds.

use std::collections::BTreeMap;

use serde::Serialize;
use tokfut_core::money::SignedAmount;

use super::cast::Actor;
use super::facts::Facts;

/// Postings by kind and pot.
#[derive(Serialize, Clone, Debug)]
pub struct Ledger {
    /// Every pot that money was ever in, accounts first.
    pub pots: Vec<PotLedger>,
    /// The kinds of postings that there were, in the order in which they are told.
    pub kinds: Vec<String>,
}

/// One pot.
#[derive(Serialize, Clone, Debug)]
pub struct PotLedger {
    /// Its name in events: `account:8`, `insurance`, `outside`.
    pub pot: String,
    /// Its name for people.
    pub title: String,
    /// What postings of each kind brought it; negative is what they took.
    pub by_kind: BTreeMap<String, SignedAmount>,
    /// Their sum: what it holds at the end.
    pub balance: SignedAmount,
}

/// The order in which kinds are told; others after them.
const ORDER: [&str; 14] = [
    "deposit",
    "donation",
    "settlement",
    "taker_fee",
    "maker_fee",
    "maker_rebate",
    "settlement_fee",
    "liquidation_fee",
    "insurance_fee",
    "bounty",
    "take_over",
    "insurance_cover",
    "withdrawal",
    "collection",
];
/// Pots that are no accounts, and their names for people.
const OTHERS: [(&str, &str); 6] = [
    ("insurance", "Insurance"),
    ("treasury", "Treasury"),
    ("clearing", "Clearing"),
    ("haircut", "Haircuts"),
    ("shortfall", "Shortfall"),
    ("outside", "Outside"),
];

impl Ledger {
    /// Of all postings.
    pub fn of(facts: &Facts) -> anyhow::Result<Self> {
        let mut pots: BTreeMap<&str, BTreeMap<String, SignedAmount>> = BTreeMap::new();
        for posting in facts.postings.iter().map(|posting| &posting.what) {
            let amount = posting.amount.signed()?;
            for (pot, amount) in [(&posting.from, amount.checked_neg()?), (&posting.to, amount)] {
                let sum = pots.entry(pot).or_default().entry(posting.kind.clone()).or_default();
                *sum = sum.checked_add(amount)?;
            }
        }
        let accounts = Actor::ALL.map(|actor| (format!("account:{}", facts.account(actor).0), actor.title()));
        let others = OTHERS.map(|(pot, title)| (pot.to_string(), title));
        let mut told = vec![];
        for (pot, title) in accounts.into_iter().chain(others) {
            let Some(by_kind) = pots.remove(pot.as_str()) else { continue };
            let balance = sum(by_kind.values().copied())?;
            told.push(PotLedger { pot, title: title.to_string(), by_kind, balance });
        }
        anyhow::ensure!(pots.is_empty(), "postings of unknown pots: {:?}", pots.keys());
        let occurs = |kind: &&str| told.iter().any(|pot| pot.by_kind.contains_key(*kind));
        let mut kinds: Vec<String> = ORDER.iter().filter(|kind| occurs(kind)).map(ToString::to_string).collect();
        for kind in told.iter().flat_map(|pot| pot.by_kind.keys()) {
            if !kinds.contains(kind) {
                kinds.push(kind.clone());
            }
        }
        Ok(Self { pots: told, kinds })
    }

    /// The pot of this name.
    pub fn pot(&self, name: &str) -> Option<&PotLedger> {
        self.pots.iter().find(|pot| pot.pot == name)
    }

    /// What a kind sums to over all pots: zero.
    pub fn total(&self, kind: &str) -> anyhow::Result<SignedAmount> {
        sum(self.pots.iter().map(|pot| pot.of(kind)))
    }
}

impl PotLedger {
    /// What postings of this kind brought.
    pub fn of(&self, kind: &str) -> SignedAmount {
        self.by_kind.get(kind).copied().unwrap_or_default()
    }

    /// What postings of these kinds brought.
    pub fn of_all(&self, kinds: &[&str]) -> anyhow::Result<SignedAmount> {
        sum(kinds.iter().map(|kind| self.of(kind)))
    }
}

/// A sum that fits.
pub fn sum(amounts: impl IntoIterator<Item = SignedAmount>) -> anyhow::Result<SignedAmount> {
    Ok(amounts.into_iter().try_fold(SignedAmount::ZERO, SignedAmount::checked_add)?)
}
