//! Everything the vault stores. One namespace byte a table, listed here and nowhere else:
//!
//! | byte | what | key | value |
//! |---|---|---|---|
//! | `0xa0` | [`SERIES`] | series | open interest, mark, last strike, indices; read raw by others |
//! | `0xa1` | [`OWNERS`] | first account | address, number of accounts |
//! | | [`ACCOUNTS`] | account, `0x00` | cash, clocks |
//! | | [`POSITIONS`] | account, series | position and orders; read raw by others |
//! | `0xa2` | [`CONFIG`] | – | market, denom, clock, fee split |
//! | `0xa3` | [`ROLES`] | – | governance, treasury |
//! | `0xa4` | [`PRODUCTS`] | product | its terms; read raw by others |
//! | `0xa5` | [`DIARIES`] | product | where it stands in settlement, its shortfall |
//! | `0xa6` | [`TERMS`] | product | the configuration and its terms once more, to be read at once |
//! | `0xa8` | [`OWNER_OF`] | address | owner |
//! | `0xa9` | [`LAST_OWNER`] | – | the highest owner number |
//! | `0xaa` | [`DELEGATES`] | account, address | scope and expiry |
//! | `0xab` | [`SETTLEMENTS`] | series, cycle | settlement price, indices, charges |
//! | `0xac` | [`POTS`] | – | every pot |
//! | `0xa7` | [`CLOSE_OUT`] | – | the close-out that the market is working, within one transaction |

mod account;
mod config;
mod settlement;

pub use account::{
    ACCOUNTS, Account, DELEGATES, Delegation, LAST_OWNER, Liquidation, Money, OWNER_OF, OWNERS, Owner, Part, Row, Text,
    sheet,
};
pub use config::{CONFIG, Config, ROLES, Roles, TERMS, product, product_by_code, products};
pub use settlement::{CLOSE_OUT, CloseOut, DIARIES, Diary, POTS, Purpose, SETTLEMENTS, Stored};
pub use tokfut_api::raw::{POSITIONS, PRODUCTS, SERIES};

#[cfg(test)]
mod tests {
    #[test]
    fn every_namespace_is_used_once() {
        let own = [include_str!("account.rs"), include_str!("config.rs"), include_str!("settlement.rs")].concat();
        let mut bytes: Vec<&str> = own.split("::new(0x").skip(1).filter_map(|rest| rest.get(..2)).collect();
        bytes.sort_unstable();
        let expected: Vec<String> =
            (0xa2..=0xac).filter(|byte| *byte != 0xa4).map(|byte| format!("{byte:x}")).collect();
        assert_eq!(bytes, expected);
    }
}
