//! Everything the market stores. One namespace byte a table, listed here and nowhere else:
//!
//! | byte | what | key | value |
//! |---|---|---|---|
//! | `0x80` | [`CONFIG`] | – | vault, oracle, clock; of each product what orders need, and its diary |
//! | `0x81` | [`ROLES`] | – | governance, guardian |
//! | `0x82` | [`PRODUCTS`] | product | its terms, as the vault has them |
//! | `0x83` | [`ACTIVE`] | product | its series that are not settled |
//! | `0x84` | [`SERIES`] | series | what changes at a strike or by decision |
//! | `0x85` | [`TAPES`] | series | what changes with trades |
//! | `0x86` | [`SEQUENCE`] | – | the next order's number |
//! | `0x87` | [`ORDERS`] | series, side, price, sequence | the resting order |
//! | `0x88` | [`OWN_ORDERS`] | account, tag, client id or sequence | which order it is |
//! | `0x89` | [`VOID_BEFORE`] | account | orders with a lower number are void |
//! | `0x8a` | [`SETTLEMENTS`] | series, cycle | settlement price |

mod book;
mod config;
mod series;

pub use book::{BookSide, Live, ORDERS, OWN_ORDERS, OrderKey, OwnKey, SEQUENCE, VOID_BEFORE};
pub use book::{dead, insert, named, own_orders, remove, shrink, take_sequence, void_all};
pub use config::{Board, CONFIG, Config, Diary, PRODUCTS, ROLES, Roles, Terms};
pub use series::{ACTIVE, SERIES, SETTLEMENTS, Series, SettlementRecord, TAPES, WindowBase};

#[cfg(test)]
mod tests {
    #[test]
    fn every_namespace_is_used_once() {
        let sources = [include_str!("book.rs"), include_str!("config.rs"), include_str!("series.rs")].concat();
        let mut bytes: Vec<&str> = sources.split("::new(0x").skip(1).filter_map(|rest| rest.get(..2)).collect();
        bytes.sort_unstable();
        let expected: Vec<String> = (0x80..=0x8a).map(|byte| format!("{byte:x}")).collect();
        assert_eq!(bytes, expected);
    }
}
