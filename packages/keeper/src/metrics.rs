//! What became of the work, in the text format of Prometheus.

use core::fmt::Write;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::duty::Duty;

/// Name, kind and meaning of every number.
const NUMBERS: [(&str, &str, &str); 12] = [
    ("rounds_total", "counter", "Rounds of looking, planning and acting."),
    ("round_failures_total", "counter", "Rounds that ended early, by the code of the failure."),
    ("actions_total", "counter", "Actions, by duty and what became of them: done, nothing, too_big, failed, would."),
    ("gas_total", "counter", "Gas used by transactions."),
    ("height", "gauge", "The block last looked at."),
    ("protocol_time_seconds", "gauge", "Protocol time of that block."),
    ("cursor", "gauge", "The block up to which events have been read."),
    ("accounts", "gauge", "Accounts in the book."),
    ("positions", "gauge", "Positions in the book."),
    ("orders", "gauge", "Resting orders in the book."),
    ("unhealthy_accounts", "gauge", "Accounts below maintenance or short of cash."),
    ("waiting_actions", "gauge", "Actions that are not tried again yet."),
];
/// What every name begins with.
const PREFIX: &str = "tokfut_keeper_";

/// Counters and gauges.
#[derive(Debug, Default)]
pub struct Metrics(Mutex<BTreeMap<(&'static str, String), u64>>);

impl Metrics {
    /// Adds to a counter with these labels, `a="b",c="d"` or none.
    pub(crate) fn add(&self, name: &'static str, labels: String, more: u64) {
        let mut numbers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = numbers.entry((name, labels)).or_insert(0);
        *number = number.saturating_add(more);
    }

    /// Sets a gauge.
    pub(crate) fn set(&self, name: &'static str, value: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert((name, String::new()), value);
    }

    pub(crate) fn action(&self, duty: Duty, result: &str) {
        self.add("actions_total", format!("duty=\"{duty}\",result=\"{result}\""), 1);
    }

    /// All of it as text.
    pub fn text(&self) -> String {
        let numbers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::new();
        for (name, kind, help) in NUMBERS {
            // Writing to a string does not fail.
            let _ = write!(text, "# HELP {PREFIX}{name} {help}\n# TYPE {PREFIX}{name} {kind}\n");
            for ((_, labels), value) in numbers.range((name, String::new())..).take_while(|((of, _), _)| *of == name) {
                let _ = match labels.as_str() {
                    "" => writeln!(text, "{PREFIX}{name} {value}"),
                    labels => writeln!(text, "{PREFIX}{name}{{{labels}}} {value}"),
                };
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_under_their_names() {
        let metrics = Metrics::default();
        metrics.action(Duty::Strike, "done");
        metrics.action(Duty::Strike, "done");
        metrics.set("height", 7);
        let text = metrics.text();
        assert!(text.contains("\ntokfut_keeper_actions_total{duty=\"strike\",result=\"done\"} 2\n"), "{text}");
        assert!(text.contains("# TYPE tokfut_keeper_height gauge\ntokfut_keeper_height 7\n"), "{text}");
    }
}
