//! Records that another contract may read raw, cheaply: their keys and shapes are part of the interface.

use std::collections::BTreeMap;

use cosmwasm_std::{Addr, QuerierWrapper, StdResult, Storage};
use tokfut_core::clearing::{Position, SeriesClearing};
use tokfut_core::fixing::Standing;
use tokfut_core::id::{AccountId, ProductId, SeriesId};
use tokfut_core::product::Product;
use tokfut_storage::{Key, Table, decode, rows};

/// Where the oracle's feeds stand: the next round to be settled, the latest final fixing, the hint that risk should only
/// fall.
pub const STANDING: Table<u32, Standing> = Table::new(0x90);
/// The vault's series.
pub const SERIES: Table<SeriesId, SeriesClearing> = Table::new(0xa0);
/// The vault's positions: the last rows of an account's sheet, whose other rows have shorter keys.
pub const POSITIONS: Table<(AccountId, SeriesId), Position> = Table::new(0xa1);
/// The vault's products, numbered from 1 without gaps.
pub const PRODUCTS: Table<ProductId, Product> = Table::new(0xa4);

/// All positions of a vault's storage, as stored and not as if touched.
pub fn positions(storage: &dyn Storage) -> StdResult<BTreeMap<(AccountId, SeriesId), Position>> {
    let rows = rows(storage, &[POSITIONS.namespace()], None);
    let position = |(key, value): (Vec<u8>, Vec<u8>)| {
        let key = <(AccountId, SeriesId)>::parse(key.get(1..)?)?;
        Some(decode(&value).map(|position| (key, position)))
    };
    rows.filter_map(position).collect()
}

/// The record under `key` of `table` in another contract's storage.
pub fn read<K, T>(querier: &QuerierWrapper<'_>, contract: &Addr, table: &Table<K, T>, key: &K) -> StdResult<Option<T>>
where
    K: Key,
    T: serde::Serialize + serde::de::DeserializeOwned,
{
    let bytes = querier.query_wasm_raw(contract, table.raw_key(key))?;
    bytes.filter(|bytes| !bytes.is_empty()).map(|bytes| decode(&bytes)).transpose()
}
