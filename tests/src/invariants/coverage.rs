//! What really happened, counted from events and refusals: a random world in which nobody is ever liquidated proves
//! nothing about liquidations.

use std::collections::BTreeMap;

use cosmwasm_std::Event;
use tokfut_testkit::Attempt;

/// Attributes that tell kinds of one event apart.
const KINDS: [(&str, &[&str]); 7] = [
    ("tf_posting", &["kind"]),
    ("tf_order_removed", &["reason"]),
    ("tf_remainder_cancelled", &["reason"]),
    ("tf_struck", &["method"]),
    ("tf_status_changed", &["status"]),
    ("tf_voided", &["reason"]),
    ("tf_delegate", &["scope"]),
];

/// What must have happened at least once in a run of all worlds.
const MUST: [&str; 39] = [
    "tf_deficit by insurance",
    "tf_deficit by the owner",
    "tf_deficit missing",
    "tf_fill",
    "tf_house_took",
    "tf_liquidated",
    "tf_order_removed cancelled",
    "tf_order_removed expired",
    "tf_order_removed outside_limits",
    "tf_order_removed reduce_only",
    "tf_order_removed self_trade",
    "tf_order_removed void",
    "tf_orders_voided",
    "tf_posting bounty",
    "tf_posting collection",
    "tf_posting insurance_fee",
    "tf_posting liquidation_fee",
    "tf_posting maker_fee",
    "tf_posting maker_rebate",
    "tf_posting repayment",
    "tf_posting settlement",
    "tf_posting settlement_fee",
    "tf_posting take_over",
    "tf_posting taker_fee",
    "tf_posting withdrawal",
    "tf_product_terminated",
    "tf_remainder_cancelled ioc",
    "tf_remainder_cancelled reduce_only",
    "tf_struck 1",
    "tf_struck 5",
    "tf_struck 6",
    "tf_struck 23",
    "tf_struck 24",
    "refused insufficient_margin",
    "refused insufficient_free",
    "refused index_stale",
    "refused not_permitted",
    "refused post_only_would_trade",
    "refused strike_due",
];

/// What is refused for what the users asked, never for what the contracts are.
const REFUSALS: [&str; 40] = [
    "duplicate_client_id",
    "finalise_first",
    "fixings_due",
    "grace_running",
    "house_exhausted",
    "index_stale",
    "index_terminated",
    "insufficient_free",
    "insufficient_margin",
    "invalid_amount",
    "invalid_lots",
    "invalid_max_fills",
    "invalid_transition",
    "liquidation_throttled",
    "no_reference_price",
    "money_missing",
    "cash_below_zero",
    "not_liquidatable",
    "not_permitted",
    "not_scheduled",
    "not_trading",
    "nothing_to_advance",
    "nothing_to_collect",
    "nothing_to_finalise",
    "nothing_to_list",
    "nothing_to_reap",
    "nothing_to_reduce",
    "nothing_to_unwind",
    "outside_limits",
    "post_only_would_trade",
    "reduce_only_required",
    "series_settled",
    "stale_mark",
    "strike_due",
    "strike_not_due",
    "timelocked",
    "too_many_accounts",
    "unfilled",
    "unknown_delegate",
    "worse_than_mark",
];

/// How often each thing happened.
#[derive(Default)]
pub struct Coverage(BTreeMap<String, u32>);

impl Coverage {
    pub fn join(&mut self, other: Self) {
        for (what, count) in other.0 {
            *self.0.entry(what).or_default() += count;
        }
    }

    fn note(&mut self, what: String) {
        *self.0.entry(what).or_default() += 1;
    }

    /// Notes why an attempt was refused; panics where that is no reason of the user's.
    pub fn attempt(&mut self, attempt: &Attempt) {
        if let Err(failure) = &attempt.result {
            assert!(REFUSALS.contains(&failure.code.as_str()), "{}: {failure}", attempt.what);
            self.note(format!("refused {}", failure.code));
        }
    }

    /// Notes an event.
    pub fn event(&mut self, event: &Event) {
        let name = tokfut_api::event::name(event);
        let value = |key: &str| event.attributes.iter().find(|pair| pair.key == key).map(|pair| pair.value.clone());
        if name == "tf_deficit" {
            let parts = [("from_owner", "by the owner"), ("from_insurance", "by insurance"), ("shortfall", "missing")];
            for (key, words) in parts {
                if value(key).is_some_and(|amount| amount != "0") {
                    self.note(format!("{name} {words}"));
                }
            }
            return;
        }
        let keys = KINDS.iter().find(|(of, _)| *of == name).map_or(&[][..], |(_, keys)| keys);
        let kinds: Vec<String> = keys.iter().filter_map(|key| value(key)).collect();
        self.note([vec![name.to_string()], kinds].concat().join(" "));
    }

    pub fn asserts_everything_happened(&self) {
        let missing: Vec<_> = MUST.iter().filter(|what| !self.0.contains_key(**what)).collect();
        assert!(missing.is_empty(), "never happened: {missing:?}; what did: {:#?}", self.0);
    }
}
