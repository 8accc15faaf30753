//! Baskets: what each constituent weighs, and what they are worth together.

use std::collections::{BTreeMap, BTreeSet};

use super::error::IndexError;
use super::fraction::Fraction;
use super::line::Member;
use super::methodology::{BasketRule, Benchmark, TierRule};
use super::record::{BmtPrice, PriceRecord};
use crate::calendar::Date;

/// A model in a basket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constituent {
    /// Which model, in which tier.
    pub member: Member,
    /// Its share of the basket.
    pub weight: Fraction,
}

/// Models and their weights, which sum to 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basket {
    /// In order of the rule's lines.
    pub constituents: Vec<Constituent>,
}

/// What models cost a BMT.
#[derive(Clone, Copy, Debug)]
pub struct Prices<'a> {
    /// Their list prices.
    pub record: &'a PriceRecord,
    /// What a BMT is made of.
    pub benchmark: &'a Benchmark,
}

impl Prices<'_> {
    /// What a BMT costs at a model on `date`; an error if it has no price.
    pub fn of(&self, member: &Member, date: Date) -> Result<BmtPrice, IndexError> {
        let Member { vendor, model, .. } = member;
        let not_listed = || IndexError::NotListed { vendor: vendor.clone(), model: model.clone(), date };
        let price = self.record.price(vendor, model, date).ok_or_else(not_listed)?;
        Ok(BmtPrice::of(&price, self.benchmark))
    }
}

impl Basket {
    /// The basket of these models: a tier's weight in equal parts, that of an absent tier pro rata to the others, no
    /// vendor above its bound, its excess pro rata to the others. An error with fewer vendors than fill the bounds.
    pub fn of(rule: &BasketRule, members: Vec<Member>) -> Result<Self, IndexError> {
        let vendors: BTreeSet<&str> = members.iter().map(|member| member.vendor.as_str()).collect();
        let percent = rule.basket.vendor_cap_percent;
        let too_few = IndexError::TooFewVendors { vendors: vendors.len(), percent };
        let bound = Fraction::percent(percent);
        let weights = tier_weights(&rule.tiers, &members).and_then(|weights| bounded(&members, weights, &bound));
        let constituent = |(member, weight)| Constituent { member, weight };
        Ok(Self { constituents: members.into_iter().zip(weights.ok_or(too_few)?).map(constituent).collect() })
    }

    /// True if these are its models.
    pub fn has_exactly(&self, members: &[Member]) -> bool {
        self.constituents.iter().map(|constituent| &constituent.member).eq(members)
    }

    /// L: Σ weight × price of `date`, in USD; an error if a model has no price.
    pub fn level(&self, prices: Prices, date: Date) -> Result<Fraction, IndexError> {
        let mut level = Fraction::whole(0);
        for Constituent { member, weight } in &self.constituents {
            level = level.plus(&weight.times(prices.of(member, date)?.usd()));
        }
        Ok(level)
    }
}

/// Each tier's weight in equal parts, scaled so that the tiers there are make 1; none without a model.
fn tier_weights(tiers: &[TierRule], members: &[Member]) -> Option<Vec<Fraction>> {
    let mut sizes = BTreeMap::<&str, u64>::new();
    for member in members {
        let size = sizes.entry(&member.tier).or_default();
        *size = size.saturating_add(1);
    }
    let percent = |name: &str| {
        let tier = tiers.iter().find(|tier| tier.name == name);
        tier.map(|tier| Fraction::whole(tier.percent))
    };
    let present = Fraction::sum(&sizes.keys().map(|tier| percent(tier)).collect::<Option<Vec<_>>>()?);
    let weight = |member: &Member| {
        let size = Fraction::whole(sizes.get(member.tier.as_str()).copied()?);
        percent(&member.tier)?.over(&present)?.over(&size)
    };
    members.iter().map(weight).collect()
}

/// The weights with no vendor above `bound`; none if there are too few vendors for that.
///
/// All vendors above it are set at once: what that frees only lifts the others, so a vendor once above the bound would
/// be above it in any order.
fn bounded(members: &[Member], mut weights: Vec<Fraction>, bound: &Fraction) -> Option<Vec<Fraction>> {
    let mut at_bound = BTreeSet::<&str>::new();
    loop {
        let mut totals = BTreeMap::<&str, Fraction>::new();
        for (member, weight) in members.iter().zip(&weights) {
            let total = totals.entry(&member.vendor).or_insert_with(|| Fraction::whole(0));
            *total = total.plus(weight);
        }
        let above = totals.iter().filter(|(_, total)| *total > bound).map(|(vendor, _)| *vendor);
        let above: Vec<&str> = above.collect();
        if above.is_empty() {
            let is_whole = Fraction::sum(totals.values()) == Fraction::whole(1);
            return is_whole.then_some(weights);
        }
        at_bound.extend(above);
        let count = u64::try_from(at_bound.len()).ok()?;
        let room = Fraction::whole(1).minus(&bound.times(&Fraction::whole(count)));
        if room < Fraction::whole(0) {
            return None;
        }
        let free =
            Fraction::sum(totals.iter().filter(|(vendor, _)| !at_bound.contains(*vendor)).map(|(_, total)| total));
        for (member, weight) in members.iter().zip(&mut weights) {
            let vendor = member.vendor.as_str();
            let (share, of) = if at_bound.contains(vendor) { (bound, totals.get(vendor)?) } else { (&room, &free) };
            *weight = weight.times(share).over(of)?;
        }
    }
}
