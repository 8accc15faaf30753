//! Records that another contract may read raw, cheaply: their keys and shapes are part of the interface.

use cosmwasm_std::{Addr, QuerierWrapper, StdResult};
use tokfut_core::clearing::{Position, SeriesClearing};
use tokfut_core::fixing::LatestFinal;
use tokfut_core::id::{AccountId, ProductId, SeriesId};
use tokfut_core::product::Product;
use tokfut_core::time::Time;
use tokfut_storage::{Key, Table, decode};

/// The oracle's latest final fixing, by feed.
pub const LATEST_FINAL: Table<u32, LatestFinal> = Table::new(0x90);
/// The oracle's hint, by feed, that risk should only fall: there while it stands, with the time at which it is lifted, if
/// that is announced.
pub const CLOSE_ONLY: Table<u32, Option<Time>> = Table::new(0x97);
/// The vault's series.
pub const SERIES: Table<SeriesId, SeriesClearing> = Table::new(0xa0);
/// The vault's positions.
pub const POSITIONS: Table<(AccountId, SeriesId), Position> = Table::new(0xa1);
/// The vault's products, numbered from 1 without gaps.
pub const PRODUCTS: Table<ProductId, Product> = Table::new(0xa4);

/// The record under `key` of `table` in another contract's storage.
pub fn read<K, T>(querier: &QuerierWrapper<'_>, contract: &Addr, table: &Table<K, T>, key: &K) -> StdResult<Option<T>>
where
    K: Key,
    T: serde::Serialize + serde::de::DeserializeOwned,
{
    let bytes = querier.query_wasm_raw(contract, table.raw_key(key))?;
    bytes.filter(|bytes| !bytes.is_empty()).map(|bytes| decode(&bytes)).transpose()
}
