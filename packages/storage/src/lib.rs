//! Compact records in a contract's storage.
//!
//! Every byte written costs gas, so hot records are binary (postcard) under short keys: one namespace byte of 0x80 or
//! above, which no text key of another library begins with, then the fixed-width key. A contract lists its
//! namespaces once, in its `state` module.

use core::marker::PhantomData;

use cosmwasm_std::{Order, StdError, StdResult, Storage};
use serde::Serialize;
use serde::de::DeserializeOwned;

#[cfg(any(test, feature = "counting"))]
pub mod counting;
mod key;
mod overlay;

pub use key::{FixedWidth, Key, concat};
pub use overlay::Overlay;

/// Reads a stored value; a value that is not of this shape is an error, never a panic.
#[inline(never)]
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> StdResult<T> {
    postcard::from_bytes(bytes).map_err(corrupt)
}

/// A value as stored.
#[inline(never)]
pub fn encode<T: Serialize>(value: &T) -> StdResult<Vec<u8>> {
    postcard::to_allocvec(value).map_err(corrupt)
}

// What does not depend on the type stored stands in functions of its own, compiled once and not once a type.

#[cold]
fn corrupt(error: postcard::Error) -> StdError {
    StdError::msg(format!("corrupt_record: {error}"))
}

#[cold]
fn missing(namespace: u8) -> StdError {
    StdError::msg(format!("not_found: no record {namespace:#x}"))
}

fn set(storage: &mut dyn Storage, key: &[u8], value: StdResult<Vec<u8>>) -> StdResult<()> {
    storage.set(key, &value?);
    Ok(())
}

/// The rows from the raw key `first` to `last`, both included; without a `last` all whose keys begin with `first`. How
/// records of several tables that stand side by side are read in one scan. Lazy.
pub fn rows<'a>(
    storage: &'a dyn Storage,
    first: &[u8],
    last: Option<&[u8]>,
) -> Box<dyn Iterator<Item = (Vec<u8>, Vec<u8>)> + 'a> {
    let end = last.map_or_else(|| key::successor(first), |last| Some(concat(last, &[0])));
    storage.range(Some(first), end.as_deref(), Order::Ascending)
}

/// One record under one key.
pub struct Record<T> {
    namespace: u8,
    value: PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned> Record<T> {
    /// The record of this namespace.
    pub const fn new(namespace: u8) -> Self {
        Self { namespace, value: PhantomData }
    }

    /// The value, if any was saved.
    pub fn may_load(&self, storage: &dyn Storage) -> StdResult<Option<T>> {
        storage.get(&[self.namespace]).map(|bytes| decode(&bytes)).transpose()
    }

    /// The value; an error if none was saved.
    pub fn load(&self, storage: &dyn Storage) -> StdResult<T> {
        storage.get(&[self.namespace]).map_or_else(|| Err(missing(self.namespace)), |bytes| decode(&bytes))
    }

    /// Saves the value.
    pub fn save(&self, storage: &mut dyn Storage, value: &T) -> StdResult<()> {
        set(storage, &[self.namespace], encode(value))
    }

    /// Removes the value.
    pub fn remove(&self, storage: &mut dyn Storage) {
        storage.remove(&[self.namespace]);
    }
}

/// Many records, ordered by key.
pub struct Table<K, T> {
    namespace: u8,
    shape: PhantomData<fn(K) -> T>,
}

impl<K: Key, T: Serialize + DeserializeOwned> Table<K, T> {
    /// The table of this namespace.
    pub const fn new(namespace: u8) -> Self {
        Self { namespace, shape: PhantomData }
    }

    /// Its namespace.
    pub const fn namespace(&self) -> u8 {
        self.namespace
    }

    /// The whole raw key, as another contract reads it.
    pub fn raw_key(&self, key: &K) -> Vec<u8> {
        concat(&[self.namespace], &key.bytes())
    }

    /// The value under `key`, if any.
    pub fn may_load(&self, storage: &dyn Storage, key: &K) -> StdResult<Option<T>> {
        storage.get(&self.raw_key(key)).map(|bytes| decode(&bytes)).transpose()
    }

    /// True if there is a value under `key`.
    pub fn has(&self, storage: &dyn Storage, key: &K) -> bool {
        storage.get(&self.raw_key(key)).is_some()
    }

    /// Saves `value` under `key`.
    pub fn save(&self, storage: &mut dyn Storage, key: &K, value: &T) -> StdResult<()> {
        set(storage, &self.raw_key(key), encode(value))
    }

    /// Removes what is under `key`.
    pub fn remove(&self, storage: &mut dyn Storage, key: &K) {
        storage.remove(&self.raw_key(key));
    }

    /// The records whose key begins with `prefix`, from `after` (exclusive, a whole key) on, in `order`. Lazy.
    pub fn range<'a>(
        &self,
        storage: &'a dyn Storage,
        prefix: &[u8],
        after: Option<&K>,
        order: Order,
    ) -> impl Iterator<Item = StdResult<(K, T)>> + use<'a, K, T> {
        let mut start = concat(&[self.namespace], prefix);
        let mut end = key::successor(&start);
        if let Some(after) = after {
            match order {
                Order::Ascending => start = concat(&self.raw_key(after), &[0]),
                Order::Descending => end = Some(self.raw_key(after)),
            }
        }
        storage.range(Some(&start), end.as_deref(), order).map(|(key, value)| {
            let key = K::parse(key.get(1..).unwrap_or_default());
            let key = key.ok_or_else(|| StdError::msg("corrupt_record: key"))?;
            Ok((key, decode(&value)?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::testing::MockStorage;

    const TABLE: Table<(u16, u64), u128> = Table::new(0x81);

    fn filled() -> MockStorage {
        let mut storage = MockStorage::new();
        for (a, b) in [(1, 2), (1, 1), (2, 0), (0xffff, 7), (0xffff, u64::MAX)] {
            TABLE.save(&mut storage, &(a, b), &u128::from(b)).unwrap();
        }
        Table::<u64, u8>::new(0x82).save(&mut storage, &0, &1).unwrap();
        storage
    }

    fn keys(prefix: &[u8], after: Option<(u16, u64)>, order: Order) -> Vec<(u16, u64)> {
        TABLE.range(&filled(), prefix, after.as_ref(), order).map(|row| row.unwrap().0).collect()
    }

    #[test]
    fn a_range_is_ordered_by_key_and_stays_in_its_prefix() {
        let all = vec![(1, 1), (1, 2), (2, 0), (0xffff, 7), (0xffff, u64::MAX)];
        assert_eq!(keys(&[], None, Order::Ascending), all);
        assert_eq!(keys(&[0, 1], None, Order::Descending), [(1, 2), (1, 1)]);
        assert_eq!(keys(&[0xff, 0xff], None, Order::Ascending), [(0xffff, 7), (0xffff, u64::MAX)]);
    }

    #[test]
    fn a_page_goes_on_after_its_last_key() {
        assert_eq!(keys(&[0, 1], Some((1, 1)), Order::Ascending), [(1, 2)]);
        assert_eq!(keys(&[0, 1], Some((1, 2)), Order::Descending), [(1, 1)]);
        assert_eq!(keys(&[0, 1], Some((1, 2)), Order::Ascending), []);
    }

    #[test]
    fn a_value_of_another_shape_is_an_error() {
        assert!(decode::<(u64, u64)>(&[1]).is_err());
        assert_eq!(decode::<u64>(&encode(&7u64).unwrap()).unwrap(), 7);
    }
}
