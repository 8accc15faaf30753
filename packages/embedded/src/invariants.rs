//! What must hold in every state (clause 9), counted from the contracts' records and answers and from the events of
//! the whole history.

use core::fmt;
use std::collections::BTreeMap;

use cosmwasm_std::Uint256;
use serde::Serialize;
use tokfut_api::vault::{self, AccountResponse, BalanceSheet};
use tokfut_api::{market, oracle};
use tokfut_core::book::RestingOrder;
use tokfut_core::clearing::{Position, SeriesClearing};
use tokfut_core::id::{AccountId, OrderId, SeriesId};
use tokfut_core::price::{PriceMove, Side};

use crate::broken::BrokenInvariant;
use crate::call::Contract;
use crate::records;
use crate::world::World;

/// The accounts asked for at once.
const PAGE: u32 = 30;

/// A state in which every invariant holds.
#[derive(Serialize, Clone, Debug, PartialEq)]
pub struct Checked {
    /// Every pot.
    #[serde(flatten)]
    pub balance_sheet: BalanceSheet,
    /// What was counted.
    pub counts: Counts,
}

/// How much there was to check.
#[derive(Serialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Accounts, the house included.
    pub accounts: usize,
    /// Stored positions.
    pub positions: usize,
    /// Series in clearing.
    pub series: usize,
    /// Resting orders that are not void.
    pub orders: usize,
    /// Final fixings.
    pub fixings: u64,
}

/// Everything that is counted, read once.
struct Facts {
    sheet: BalanceSheet,
    accounts: Vec<AccountResponse>,
    positions: BTreeMap<(AccountId, SeriesId), Position>,
    series: BTreeMap<SeriesId, SeriesClearing>,
    orders: Vec<(OrderId, RestingOrder)>,
}

type Checks = Result<(), BrokenInvariant>;

/// Holds if `holds`; else the invariant `id` is broken.
fn hold(holds: bool, id: &'static str, text: impl FnOnce() -> String) -> Checks {
    if holds { Ok(()) } else { Err(BrokenInvariant { id, text: text() }) }
}

fn equal<T: PartialEq + fmt::Display>(id: &'static str, what: &str, is: T, should: T) -> Checks {
    hold(is == should, id, || format!("{what} is {is}, should be {should}"))
}

/// A sum that fits.
fn sum(values: impl IntoIterator<Item = i128>) -> Result<i128, BrokenInvariant> {
    let out = || BrokenInvariant { id: "unreadable", text: "a sum does not fit".to_string() };
    values.into_iter().try_fold(0i128, i128::checked_add).ok_or_else(out)
}

/// Checks every invariant now: the balance sheet if all hold, else the first that is broken. Transition invariants
/// broken at any earlier step count.
pub fn check(world: &World) -> Result<Checked, BrokenInvariant> {
    if let Some(broken) = world.watch().broken() {
        return Err(broken.clone());
    }
    let facts = Facts::read(world)?;
    facts.bank_is_the_sum_of_the_pots(world)?;
    facts.ledger_replays(world)?;
    facts.accounts_add_up()?;
    facts.series_add_up(world)?;
    facts.clearing_pot_is_what_positions_hold(world)?;
    facts.open_lots_are_the_books()?;
    books_are_in_order(world, &facts)?;
    let fixings = fixings_recount(world)?;
    let counts = Counts {
        accounts: facts.accounts.len(),
        positions: facts.positions.len(),
        series: facts.series.len(),
        orders: facts.orders.len(),
        fixings,
    };
    Ok(Checked { balance_sheet: facts.sheet, counts })
}

impl Facts {
    fn read(world: &World) -> Result<Self, BrokenInvariant> {
        let mut accounts: Vec<AccountResponse> = Vec::new();
        loop {
            let start_after = accounts.last().map(|account| account.account);
            let query = vault::QueryMsg::Accounts { start_after, limit: Some(PAGE) };
            let page: Vec<AccountResponse> = world.query(Contract::Vault, &query)?;
            if page.is_empty() {
                break;
            }
            accounts.extend(page);
        }
        Ok(Self {
            sheet: world.query(Contract::Vault, &vault::QueryMsg::BalanceSheet {})?,
            accounts,
            positions: records::positions(world)?,
            series: records::series(world)?,
            orders: records::orders(world)?,
        })
    }

    /// I1, and that the balance sheet adds up.
    fn bank_is_the_sum_of_the_pots(&self, world: &World) -> Checks {
        let BalanceSheet { accounts, clearing, insurance, treasury, haircut, shortfall, total, bank } = &self.sheet;
        let pots = [accounts, clearing, insurance, treasury, haircut, shortfall];
        equal("I1", "the total of the pots", total.base_units(), sum(pots.map(|pot| pot.base_units()))?)?;
        let coins = world.balance_of(world.address(Contract::Vault))?;
        equal("I1", "the bank balance of the balance sheet", Uint256::from(bank.base_units()), coins)?;
        let pots = Uint256::from(total.gain().base_units());
        let due = pots.saturating_add(world.watch().strays());
        hold(!total.is_negative() && coins == due, "I1", || {
            format!("the vault has {coins}, its pots are {total} and strangers sent {}", world.watch().strays())
        })?;
        hold(!treasury.is_negative() && !haircut.is_negative() && shortfall.gain().is_zero(), "I1", || {
            format!("a pot has the wrong sign: treasury {treasury}, haircut {haircut}, shortfall {shortfall}")
        })
    }

    /// I15: the sum over posting events is every pot.
    fn ledger_replays(&self, world: &World) -> Checks {
        let watch = world.watch();
        let BalanceSheet { accounts, clearing, insurance, treasury, haircut, shortfall, total, bank: _ } = &self.sheet;
        let is_client = |pot: &str| pot.starts_with("account:") && pot != "account:0";
        let clients = sum(watch.pots().filter(|(pot, _)| is_client(pot)).map(|(_, amount)| amount))?;
        let house = sum([watch.ledger("insurance"), watch.ledger("account:0")])?;
        let outside = sum([watch.ledger("outside")])?.checked_neg().unwrap_or(i128::MAX);
        let pots = [
            ("accounts", clients, accounts),
            ("clearing", watch.ledger("clearing"), clearing),
            ("insurance", house, insurance),
            ("treasury", watch.ledger("treasury"), treasury),
            ("haircut", watch.ledger("haircut"), haircut),
            ("shortfall", watch.ledger("shortfall"), shortfall),
            ("outside", outside, total),
        ];
        for (pot, replayed, stands) in pots {
            equal("I15", &format!("{pot} by its postings"), replayed, stands.base_units())?;
        }
        Ok(())
    }

    /// Each account by itself (4.4).
    fn accounts_add_up(&self) -> Checks {
        for account in &self.accounts {
            let AccountResponse { account: id, cash, unsettled, equity, positions, .. } = account;
            let name = |what: &str| format!("{what} of account {}", id.0);
            equal("4.4", &name("E"), equity.base_units(), sum([cash.base_units(), unsettled.base_units()])?)?;
            let parts = sum(positions.iter().map(|position| position.unsettled.base_units()))?;
            equal("4.4", &name("unsettled"), unsettled.base_units(), parts)?;
            hold(account.withdrawable.base_units() <= cash.gain().base_units(), "4.4", || {
                format!("account {} could withdraw {} of {cash}", id.0, account.withdrawable)
            })?;
            for position in positions {
                let (q, carried) = (position.lots.count(), position.carried.count());
                let within =
                    carried.unsigned_abs() <= q.unsigned_abs() && (carried == 0 || carried.signum() == q.signum());
                hold(within, "4.6", || format!("{}: carried {carried} of {q} lots", name("a position")))?;
            }
        }
        Ok(())
    }

    /// I2, I10, and what is carried (4.6), all as if touched.
    fn series_add_up(&self, world: &World) -> Checks {
        for (id, stored) in &self.series {
            let positions = self.accounts.iter().flat_map(|account| &account.positions);
            let positions: Vec<_> = positions.filter(|position| position.series == *id).collect();
            let lots = |of: &dyn Fn(&vault::PositionResponse) -> i64, long: bool| {
                let side = move |lots: i64| if long { lots.max(0) } else { lots.min(0).saturating_neg() };
                sum(positions.iter().map(|position| i128::from(side(of(position)))))
            };
            let q = |position: &vault::PositionResponse| position.lots.count();
            let carried = |position: &vault::PositionResponse| position.carried.count();
            let name = |what: &str| format!("{what} of series {}", id.0);
            equal("I2", &name("sum of long lots less short"), lots(&q, true)?, lots(&q, false)?)?;
            let answer: vault::SeriesResponse =
                world.query(Contract::Vault, &vault::QueryMsg::Series { series: *id })?;
            equal("I10", &name("open interest"), i128::from(answer.open_interest.count()), lots(&q, true)?)?;
            if stored.struck.last {
                equal("I10", &name("open interest after final settlement"), lots(&q, true)?, 0)?;
                continue;
            }
            equal("4.6", &name("carried long"), i128::from(answer.carried_long.count()), lots(&carried, true)?)?;
            equal("4.6", &name("carried short"), i128::from(answer.carried_short.count()), lots(&carried, false)?)?;
        }
        Ok(())
    }

    /// I3: from the records as they lie, and settlement prices as announced, what each position has to get at the last
    /// strike's prices; haircuts off. That of all together is the clearing pot.
    fn clearing_pot_is_what_positions_hold(&self, world: &World) -> Checks {
        let mut due = Vec::new();
        for ((account, id), position) in &self.positions {
            let unknown = || BrokenInvariant {
                id: "I3",
                text: format!("a position of account {} in series {} has no prices", account.0, id.0),
            };
            let series = self.series.get(id).ok_or_else(unknown)?;
            let product = usize::from(series.product.0).checked_sub(1);
            let product = product.and_then(|index| world.spec().products.get(index)).ok_or_else(unknown)?;
            let then = world.watch().settlement_price(*id, position.cycle).ok_or_else(unknown)?;
            let now = world.watch().last_settlement_price(*id).ok_or_else(unknown)?;
            equal("I8", &format!("S of series {}", id.0), series.struck.price.units(), now.units())?;
            let change: PriceMove = now.minus(then);
            let unrealised = change.times(position.lots).value(product.unit_value);
            let unrealised = unrealised.map_err(|_| unknown())?.base_units();
            let pending = position.pending.as_ref().map_or(0, |pending| pending.value.base_units());
            due.push(sum([position.variation.base_units(), unrealised, pending])?);
        }
        equal("I3", "the clearing pot", self.sheet.clearing.base_units(), sum(due)?)
    }

    /// I4 and I6: the vault's aggregates of open orders are the market's books, in lots and value.
    fn open_lots_are_the_books(&self) -> Checks {
        // Of each account, series, side and kind: lots, and Σ n·p where that is kept.
        type Open = BTreeMap<(AccountId, SeriesId, &'static str), (u64, i128)>;
        let mut books = Open::new();
        // The orders of a settled series went with its positions.
        let settled = |series: &SeriesId| self.series.get(series).is_some_and(|series| series.struck.last);
        for (id, order) in self.orders.iter().filter(|(id, _)| !settled(&id.series)) {
            hold(!order.lots.is_zero() && self.series.contains_key(&id.series), "I6", || {
                format!("order {id} is no order")
            })?;
            hold(self.accounts.iter().any(|a| a.account == order.account), "I6", || {
                format!("order {id} is of nobody")
            })?;
            let (kind, value) = match (id.side, order.reduce_only) {
                (Side::Buy, false) => ("buys", id.price.times(order.lots).get()),
                (Side::Sell, false) => ("sells", id.price.times(order.lots).get()),
                (Side::Buy, true) => ("reducing buys", 0),
                (Side::Sell, true) => ("reducing sells", 0),
            };
            let open = books.entry((order.account, id.series, kind)).or_default();
            *open = (open.0.saturating_add(order.lots.count()), open.1.saturating_add(value));
        }
        let mut vault = Open::new();
        for ((account, series), position) in self.positions.iter().filter(|((_, series), _)| !settled(series)) {
            let orders = &position.orders;
            let reducing =
                |side: &Option<_>| side.as_ref().map_or(0, |(lots, _): &(tokfut_core::price::Lots, _)| lots.count());
            let kinds = [
                ("buys", orders.buys.lots.count(), orders.buys.value.get()),
                ("sells", orders.sells.lots.count(), orders.sells.value.get()),
                ("reducing buys", reducing(&orders.reducing_buys), 0),
                ("reducing sells", reducing(&orders.reducing_sells), 0),
            ];
            let open = kinds.into_iter().filter(|(_, lots, value)| *lots != 0 || *value != 0);
            vault.extend(open.map(|(kind, lots, value)| ((*account, *series, kind), (lots, value))));
        }
        for key in books.keys().chain(vault.keys()) {
            let (book, kept) =
                (books.get(key).copied().unwrap_or_default(), vault.get(key).copied().unwrap_or_default());
            hold(book == kept, "I4", || {
                let (account, series, kind) = key;
                format!(
                    "account {} series {} {kind}: (lots, value) {kept:?} in the vault, {book:?} in the book",
                    account.0, series.0
                )
            })?;
        }
        Ok(())
    }
}

/// I5: no crossed book at rest.
fn books_are_in_order(world: &World, facts: &Facts) -> Checks {
    for id in facts.series.keys() {
        let answer: vault::SeriesResponse = world.query(Contract::Vault, &vault::QueryMsg::Series { series: *id })?;
        let query = market::QueryMsg::Book { series: answer.code.clone(), depth: Some(1) };
        let book: market::BookResponse = world.query(Contract::Market, &query)?;
        let best = |levels: &[market::Level]| levels.first().map(|level| level.price.clone());
        let (Some(bid), Some(ask)) = (best(&book.bids), best(&book.asks)) else { continue };
        // Both are decimals of the same number of digits after the point: the shorter is the lower.
        let crossed = (bid.len(), &bid) >= (ask.len(), &ask);
        hold(!crossed, "I5", || format!("{}: bid {bid} against ask {ask}", answer.code))?;
    }
    Ok(())
}

/// I11: walks each feed's finals from the latest back: prefix sums and counts recount, values are those announced.
fn fixings_recount(world: &World) -> Result<u64, BrokenInvariant> {
    let mut total = 0u64;
    for feed in world.spec().feeds.iter().map(|feed| feed.id) {
        let announced: Vec<(u64, u128)> = world.watch().fixings(feed).collect();
        let count = u64::try_from(announced.len()).unwrap_or(u64::MAX);
        total = total.saturating_add(count);
        let Ok(latest) = world.query::<oracle::FixingResponse>(Contract::Oracle, &oracle::QueryMsg::Latest { feed })
        else {
            hold(announced.is_empty(), "I11", || format!("feed {feed} has lost its fixings"))?;
            continue;
        };
        let sum: u128 = announced.iter().map(|(_, value)| *value).fold(0, u128::saturating_add);
        equal("I11", &format!("the count of feed {feed}"), latest.count, count)?;
        equal("I11", &format!("the sum of feed {feed}"), latest.sum.u128(), sum)?;
        let (mut sum, mut count) = (sum, count);
        let mut next = Some(latest);
        for (round, value) in announced.into_iter().rev() {
            let name = format!("feed {feed} round {round}");
            let Some(fixing) = next else {
                return Err(BrokenInvariant { id: "I11", text: format!("{name} is lost") });
            };
            equal("I11", &format!("the round before of feed {feed}"), fixing.round, round)?;
            equal("I11", &format!("{name}: value"), fixing.value.u128(), value)?;
            equal("I11", &format!("{name}: sum"), fixing.sum.u128(), sum)?;
            equal("I11", &format!("{name}: count"), fixing.count, count)?;
            (sum, count) = (sum.saturating_sub(value), count.saturating_sub(1));
            let earlier = fixing.fixing_time.checked_sub(1).ok();
            let query = earlier.map(|time| oracle::QueryMsg::AtOrBefore { feed, time });
            next = query.and_then(|query| world.query(Contract::Oracle, &query).ok());
        }
    }
    Ok(total)
}

#[cfg(test)]
mod tests;
