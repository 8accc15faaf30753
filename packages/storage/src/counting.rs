//! A storage for tests that counts what is done to it, and what a chain of the Cosmos SDK asks for it.
#![allow(clippy::arithmetic_side_effects)]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Bound;

use cosmwasm_std::{Order, Record, Storage};

/// What the chain puts before every key of a contract.
const PREFIX: usize = 33;

/// Operations, and their gas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Single keys read, there or not.
    pub reads: usize,
    /// Rows seen by scans.
    pub scanned: usize,
    /// Keys written.
    pub writes: usize,
    /// Keys removed.
    pub removes: usize,
    /// Keys and values of what was written.
    pub bytes_written: usize,
    /// What all of it costs.
    pub gas: usize,
}

/// All rows.
pub type Rows = BTreeMap<Vec<u8>, Vec<u8>>;

/// A storage in memory that counts.
#[derive(Debug, Default)]
pub struct CountingStorage {
    rows: Rows,
    counts: RefCell<Counts>,
}

impl CountingStorage {
    /// A copy of all that is stored.
    pub fn rows(&self) -> Rows {
        self.rows.clone()
    }

    /// Puts it back.
    pub fn restore(&mut self, rows: Rows) {
        self.rows = rows;
    }

    /// What was counted since the last call.
    pub fn counted(&self) -> Counts {
        self.counts.take()
    }

    /// The sizes of key and value of every row in a namespace.
    pub fn sizes(&self, namespace: u8) -> Vec<(usize, usize)> {
        let rows = self.rows.iter().filter(|(key, _)| key.first() == Some(&namespace));
        rows.map(|(key, value)| (key.len(), value.len())).collect()
    }

    /// A step of a scan to this row, or to its end.
    fn steps(&self, row: Option<&Record>) {
        let bytes = row.map_or(0, |(key, value)| PREFIX + key.len() + value.len());
        self.counts.borrow_mut().gas += 30 + 3 * bytes;
    }
}

impl Storage for CountingStorage {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        let value = self.rows.get(key).cloned();
        let mut counts = self.counts.borrow_mut();
        counts.reads += 1;
        counts.gas += 1_000 + 3 * (PREFIX + key.len() + value.as_ref().map_or(0, Vec::len));
        value
    }

    fn range<'a>(
        &'a self,
        start: Option<&[u8]>,
        end: Option<&[u8]>,
        order: Order,
    ) -> Box<dyn Iterator<Item = Record> + 'a> {
        let from = start.map_or(Bound::Unbounded, |start| Bound::Included(start.to_vec()));
        let to = end.map_or(Bound::Unbounded, |end| Bound::Excluded(end.to_vec()));
        let rows = self.rows.range((from, to)).map(|(key, value)| (key.clone(), value.clone()));
        let rows: Box<dyn Iterator<Item = Record>> = match order {
            Order::Ascending => Box::new(rows),
            Order::Descending => Box::new(rows.rev()),
        };
        // The chain looks at the first row when the scan begins, and once more when it is taken.
        let mut rows = rows.peekable();
        self.steps(rows.peek());
        Box::new(rows.inspect(|row| {
            self.steps(Some(row));
            self.counts.borrow_mut().scanned += 1;
        }))
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        let counts = self.counts.get_mut();
        let bytes = key.len() + value.len();
        counts.writes += 1;
        counts.bytes_written += bytes;
        counts.gas += 2_000 + 30 * (PREFIX + bytes);
        self.rows.insert(key.to_vec(), value.to_vec());
    }

    fn remove(&mut self, key: &[u8]) {
        let counts = self.counts.get_mut();
        counts.removes += 1;
        counts.gas += 1_000;
        self.rows.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gas_is_that_of_the_chain() {
        let mut storage = CountingStorage::default();
        storage.set(&[1], &[0; 16]);
        storage.set(&[2], &[0; 6]);
        assert_eq!(storage.counted().gas, 2 * 2_000 + 30 * (50 + 40));
        assert_eq!(storage.get(&[1]).map(|value| value.len()), Some(16));
        assert_eq!(storage.get(&[9]), None);
        assert_eq!(storage.counted().gas, 1_000 + 3 * 50 + 1_000 + 3 * 34);
        assert_eq!(storage.range(None, None, Order::Ascending).count(), 2);
        assert_eq!(storage.counted(), Counts { scanned: 2, gas: 3 * 30 + 3 * (50 + 50 + 40), ..Counts::default() });
        assert_eq!(storage.range(Some(&[3]), None, Order::Ascending).count(), 0);
        storage.remove(&[1]);
        assert_eq!(storage.counted(), Counts { removes: 1, gas: 30 + 1_000, ..Counts::default() });
    }
}
