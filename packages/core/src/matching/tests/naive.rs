//! A book that nobody would build: it is sorted and scanned whole for every trade.

use std::collections::BTreeMap;

use super::{Incoming, MAX_REMOVALS, Side, Style};

/// The same market as a list that is sorted and scanned whole for every trade, with plain numbers.
#[derive(Clone, Debug, Default)]
pub struct Naive {
    pub list: Vec<Row>,
    pub net: BTreeMap<u64, i64>,
    pub trades: Vec<(u64, u64, u32, i64)>,
}

#[derive(Clone, Debug)]
pub struct Row {
    pub account: u64,
    pub buy: bool,
    pub price: u32,
    pub sequence: u64,
    pub lots: i64,
    pub reduce_only: bool,
    pub dies: u64,
    pub void: bool,
}

impl Naive {
    fn room(&self, account: u64, buy: bool) -> i64 {
        let net = self.net.get(&account).copied().unwrap_or(0);
        if buy { (-net).max(0) } else { net.max(0) }
    }

    /// True if accepted; a refused order leaves no trace.
    pub fn place(&mut self, order: &Incoming, sequence: u64, dies: u64, now: u64, limits: (u32, u32)) -> bool {
        let before = self.clone();
        let (account, buy, limit) = (order.account.0, order.side == Side::Buy, order.limit.units());
        let mut left = order.lots.count() as i64;
        if order.reduce_only {
            left = left.min(self.room(account, buy));
            if left == 0 {
                return false;
            }
        }
        let (mut fills, mut removals, mut rests) = (0, 0, true);
        while left > 0 {
            let mut facing: Vec<Row> = self.list.iter().filter(|row| row.buy != buy).cloned().collect();
            facing
                .sort_by_key(|row| (if row.buy { -i64::from(row.price) } else { i64::from(row.price) }, row.sequence));
            let Some(best) = facing.first() else { break };
            if (buy && best.price > limit) || (!buy && best.price < limit) {
                break;
            }
            let place = self.list.iter().position(|row| row.sequence == best.sequence).unwrap();
            let dead = best.void || now >= best.dies || best.price < limits.0 || best.price > limits.1;
            let room = if best.reduce_only { self.room(best.account, best.buy) } else { i64::MAX };
            if dead || best.account / 8 == account / 8 || room == 0 {
                if removals == MAX_REMOVALS {
                    rests = false;
                    break;
                }
                removals += 1;
                self.list.remove(place);
                continue;
            }
            if order.style == Style::PostOnly {
                *self = before;
                return false;
            }
            if fills == order.max_fills {
                rests = false;
                break;
            }
            fills += 1;
            let lots = left.min(best.lots).min(room);
            left -= lots;
            *self.net.entry(account).or_default() += if buy { lots } else { -lots };
            *self.net.entry(best.account).or_default() -= if buy { lots } else { -lots };
            self.trades.push((account, best.sequence, best.price, lots));
            self.list[place].lots -= lots;
            self.list.retain(|row| row.lots > 0);
        }
        let traded: i64 = self.trades[before.trades.len()..].iter().map(|trade| trade.3).sum();
        if order.style == Style::FillOrKill && traded < order.lots.count() as i64 {
            *self = before;
            return false;
        }
        if left > 0 && rests && matches!(order.style, Style::Rest | Style::PostOnly) {
            let reduce_only = order.reduce_only;
            self.list.push(Row { account, buy, price: limit, sequence, lots: left, reduce_only, dies, void: false });
        }
        true
    }
}
