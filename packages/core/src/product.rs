//! A product: everything that is configured about a kind of contract (clause 2.1), with the bounds of clause 2 and 8.1.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::calendar::{FinalWindow, ListingRule, ProductCode};
use crate::money::Overflow;
use crate::price::{Lots, Tick, UnitValue};
use crate::rate::{Rate, SignedRate};

/// Parts per million in one percent.
const PERCENT: u32 = 10_000;
/// The slippage that a liquidation on the book may cost (clause 6.3).
const LIQUIDATION_SLIPPAGE: Rate = Rate::ppm(PERCENT);

/// A configuration that breaks a rule of clause 2.
#[derive(Error, Clone, Debug, PartialEq, Eq)]
pub enum ProductError {
    /// A relation between parameters does not hold.
    #[error("invalid_product: {code}: {rule} (2)")]
    Rule {
        /// The product's code.
        code: String,
        /// The rule as the clause words it.
        rule: &'static str,
    },
    /// A parameter is out of its hard bounds.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

/// What a product is: quotation, size, calendar, price limit, margin, fees, liquidation. Rates are parts per million.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Three capital letters, e.g. `TOK`.
    pub code: ProductCode,
    /// The oracle's feed whose fixings settle it.
    pub feed: u32,
    /// Digits after the point of its quotation; one price unit is the last of them. 0 to 9.
    pub decimals: u8,
    /// u: base units of the collateral that one price unit is worth on one lot.
    pub unit_value: UnitValue,
    /// What order prices are multiples of, in price units.
    pub tick: Tick,
    /// Which months exist.
    pub listing: ListingRule,
    /// Which fixings of the contract month the final settlement price is the mean of.
    pub final_window: FinalWindow,
    /// L: how far a day's prices may go from the last settlement price.
    pub daily_limit: Rate,
    /// The largest order, in lots.
    pub max_order: Lots,
    /// Margin rates.
    pub margin: MarginSchedule,
    /// Trading and settlement fees.
    pub fees: FeeSchedule,
    /// Liquidation fees, buffer and pace.
    pub liquidation: LiquidationTerms,
}

/// Margin rates of a product (clause 4.10).
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MarginSchedule {
    /// Initial margin of a speculative account.
    pub initial_spec: Rate,
    /// Initial margin of a hedge account.
    pub initial_hedge: Rate,
    /// Maintenance margin.
    pub maintenance: Rate,
    /// c: the spread charge, 1 (the larger side) to 2 (no offset).
    pub spread_charge: Rate,
    /// Lots in one series, with its open orders, above which the add-on is due.
    pub concentration_threshold: Lots,
    /// Additional initial margin on the lots above the threshold.
    pub concentration_rate: Rate,
}

/// Fees as shares of notional, rounded up, and the maker's rebate, rounded down (clause 4.8).
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FeeSchedule {
    /// Paid by the order that takes.
    pub taker: Rate,
    /// Paid by the order that rested; below zero, paid to it out of what the order that took has paid.
    pub maker: SignedRate,
    /// Paid at final settlement.
    pub settlement: Rate,
}

/// How positions of an account below maintenance are closed (clause 6.3–6.5).
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LiquidationTerms {
    /// f_l: liquidation fee, a share of the notional closed.
    pub fee: Rate,
    /// The share of the liquidation fee that the caller earns.
    pub caller_share: Rate,
    /// f_i: insurance fee, a share of the notional closed.
    pub insurance_fee: Rate,
    /// b: how far above maintenance a liquidation brings the account.
    pub buffer: Rate,
    /// The largest share of a position that one block's liquidation closes on the book.
    pub block_share: Rate,
    /// At most this many lots go whole, whatever the share.
    pub dust: Lots,
    /// d(t) grows by this a minute…
    pub discount_step: Rate,
    /// …up to this.
    pub discount_max: Rate,
}

impl Product {
    /// The product, if it keeps every rule of clause 2 and the hard caps.
    pub fn checked(self) -> Result<Self, ProductError> {
        let rule = |holds: bool, rule: &'static str| {
            if holds { Ok(()) } else { Err(ProductError::Rule { code: self.code.to_string(), rule }) }
        };
        let points = |rate: Rate, points: u32| rate.checked_add(Rate::ppm(points.saturating_mul(PERCENT)));
        let (margin, fees, liquidation) = (&self.margin, &self.fees, &self.liquidation);
        rule(self.decimals <= 9, "decimals <= 9")?;
        rule(self.daily_limit >= Rate::ppm(PERCENT), "daily limit >= 1 %")?;
        rule(self.daily_limit <= Rate::ppm(25 * PERCENT), "daily limit <= 25 %")?;
        rule(margin.maintenance >= points(self.daily_limit, 2)?, "MM >= L + 2 points")?;
        rule(margin.initial_hedge >= points(margin.maintenance, 2)?, "hedge IM >= MM + 2 points")?;
        rule(margin.initial_spec >= points(self.daily_limit, 5)?, "spec IM >= L + 5 points")?;
        rule(margin.initial_spec >= margin.initial_hedge, "spec IM >= hedge IM")?;
        rule(margin.initial_spec <= Rate::ONE, "spec IM <= 100 %")?;
        let charge = margin.spread_charge.parts();
        rule((1_000_000..=2_000_000).contains(&charge), "1 <= c <= 2")?;
        rule(margin.concentration_rate <= Rate::ONE, "concentration add-on <= 100 %")?;
        let maker = fees.maker.charge();
        rule(fees.taker.checked_add(maker)? > fees.maker.rebate(), "taker + maker > 0")?;
        let fee_cap = Rate::ppm(PERCENT);
        rule(fees.taker.max(maker).max(fees.settlement) <= fee_cap, "fees <= 1 %")?;
        let cost = liquidation.fee.checked_add(liquidation.insurance_fee)?.checked_add(LIQUIDATION_SLIPPAGE)?;
        let room = margin.maintenance.checked_add(liquidation.buffer)?;
        rule(room > cost, "MM + b > f_l + f_i + 1 %")?;
        rule(liquidation.caller_share <= Rate::ONE, "caller's share <= 100 %")?;
        rule(liquidation.block_share > Rate::ZERO && liquidation.block_share <= Rate::ONE, "0 < block share <= 100 %")?;
        rule(liquidation.discount_max <= margin.maintenance, "d_max <= MM")?;
        rule(!self.max_order.is_zero() && self.max_order <= Lots::MAX, "max order >= 1 lot")?;
        rule(self.listing.serial >= 1 && self.listing.serial <= 24, "1 to 24 serial months")?;
        rule(self.listing.quarterly <= 8, "at most 8 quarterly months")?;
        Ok(self)
    }

    /// The reference `TOK`: benchmark tokens, 1,000 BMT a lot (clause 2, reference parameters).
    pub fn tok() -> Result<Self, ProductError> {
        Self {
            code: ProductCode::parse("TOK").map_err(|_| Overflow("code"))?,
            feed: 1,
            decimals: 4,
            unit_value: UnitValue::new(100_000)?,
            tick: Tick::new(10)?,
            listing: ListingRule { serial: 12, quarterly: 4 },
            final_window: FinalWindow::WholeMonth,
            daily_limit: Rate::ppm(10 * PERCENT),
            max_order: Lots::new(500),
            margin: MarginSchedule::reference(15, 14, 12),
            fees: FeeSchedule::REFERENCE,
            liquidation: LiquidationTerms::REFERENCE,
        }
        .checked()
    }

    /// The reference `GPH`: GPU-hours of an H100, 1,000 a lot.
    pub fn gph() -> Result<Self, ProductError> {
        Self {
            code: ProductCode::parse("GPH").map_err(|_| Overflow("code"))?,
            feed: 2,
            daily_limit: Rate::ppm(8 * PERCENT),
            margin: MarginSchedule::reference(13, 12, 10),
            ..Self::tok()?
        }
        .checked()
    }

    /// The reference `CSX`: the compute supply index, $5 a point.
    pub fn csx() -> Result<Self, ProductError> {
        Self {
            code: ProductCode::parse("CSX").map_err(|_| Overflow("code"))?,
            feed: 3,
            decimals: 2,
            unit_value: UnitValue::new(50_000)?,
            tick: Tick::new(20)?,
            listing: ListingRule { serial: 2, quarterly: 4 },
            final_window: FinalWindow::LastDays(5),
            daily_limit: Rate::ppm(6 * PERCENT),
            max_order: Lots::new(200),
            margin: MarginSchedule::reference(11, 10, 8),
            ..Self::tok()?
        }
        .checked()
    }
}

impl MarginSchedule {
    const fn reference(spec: u32, hedge: u32, maintenance: u32) -> Self {
        Self {
            initial_spec: Rate::ppm(spec.saturating_mul(PERCENT)),
            initial_hedge: Rate::ppm(hedge.saturating_mul(PERCENT)),
            maintenance: Rate::ppm(maintenance.saturating_mul(PERCENT)),
            spread_charge: Rate::ONE,
            concentration_threshold: Lots::new(5_000),
            concentration_rate: Rate::ppm(5 * PERCENT),
        }
    }
}

impl FeeSchedule {
    /// 2.0, 0.5 and 1.0 basis points.
    pub const REFERENCE: Self = Self { taker: Rate::ppm(200), maker: SignedRate::ppm(50), settlement: Rate::ppm(100) };
}

impl LiquidationTerms {
    /// 0.25 % (half to the caller), 0.50 % to insurance, 1 % buffer; half a position a block; 0.1 % a minute up to 5 %.
    pub const REFERENCE: Self = Self {
        fee: Rate::ppm(2_500),
        caller_share: Rate::ppm(500_000),
        insurance_fee: Rate::ppm(5_000),
        buffer: Rate::ppm(PERCENT),
        block_share: Rate::ppm(500_000),
        dust: Lots::new(10),
        discount_step: Rate::ppm(1_000),
        discount_max: Rate::ppm(5 * PERCENT),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A way to break one rule, and the rule.
    type Breach = (fn(&mut Product), &'static str);

    #[test]
    fn the_reference_products_keep_the_rules() {
        for product in [Product::tok(), Product::gph(), Product::csx()] {
            let product = product.unwrap();
            assert_eq!(product.clone().checked().unwrap(), product);
        }
    }

    #[test]
    fn a_product_one_step_beyond_a_rule_is_refused() {
        let breaches: [Breach; 11] = [
            (|p| p.margin.maintenance = Rate::ppm(119_999), "MM >= L + 2 points"),
            (|p| p.margin.initial_hedge = Rate::ppm(139_999), "hedge IM >= MM + 2 points"),
            (|p| p.margin.initial_spec = Rate::ppm(149_999), "spec IM >= L + 5 points"),
            (|p| p.margin.spread_charge = Rate::ppm(999_999), "1 <= c <= 2"),
            (|p| p.margin.spread_charge = Rate::ppm(2_000_001), "1 <= c <= 2"),
            (|p| (p.fees.taker, p.fees.maker) = (Rate::ZERO, SignedRate::ppm(0)), "taker + maker > 0"),
            (|p| p.fees.maker = SignedRate::ppm(-200), "taker + maker > 0"),
            (|p| p.fees.maker = SignedRate::ppm(i32::MIN), "taker + maker > 0"),
            (|p| p.fees.maker = SignedRate::ppm(10_001), "fees <= 1 %"),
            (|p| p.liquidation.insurance_fee = Rate::ppm(117_500), "MM + b > f_l + f_i + 1 %"),
            (|p| p.max_order = Lots::ZERO, "max order >= 1 lot"),
        ];
        for (breach, expected) in breaches {
            let mut product = Product::tok().unwrap();
            breach(&mut product);
            let code = "TOK".to_string();
            assert_eq!(product.checked(), Err(ProductError::Rule { code, rule: expected }));
        }
        for maker in [-199, 10_000] {
            let mut product = Product::tok().unwrap();
            product.fees.maker = SignedRate::ppm(maker);
            assert!(product.checked().is_ok());
        }
    }
}
