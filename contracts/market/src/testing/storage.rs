//! Storage that counts what is read and written.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Bound;

use cosmwasm_std::{Order, Record, Storage};

/// Operations on keys.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counts {
    pub reads: usize,
    pub writes: usize,
    pub removes: usize,
    /// Keys and values of the writes.
    pub bytes_written: usize,
}

#[derive(Default)]
pub struct CountingStorage {
    rows: BTreeMap<Vec<u8>, Vec<u8>>,
    counts: RefCell<Counts>,
}

impl CountingStorage {
    pub fn rows(&self) -> BTreeMap<Vec<u8>, Vec<u8>> {
        self.rows.clone()
    }

    pub fn restore(&mut self, rows: BTreeMap<Vec<u8>, Vec<u8>>) {
        self.rows = rows;
    }

    /// What `run` does to it.
    pub fn counted(&self) -> Counts {
        self.counts.replace(Counts::default())
    }

    /// The sizes of key and value of every row in a namespace.
    pub fn sizes(&self, namespace: u8) -> Vec<(usize, usize)> {
        let rows = self.rows.iter().filter(|(key, _)| key[0] == namespace);
        rows.map(|(key, value)| (key.len(), value.len())).collect()
    }
}

impl Storage for CountingStorage {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.counts.borrow_mut().reads += 1;
        self.rows.get(key).cloned()
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
        let counted = |row| {
            self.counts.borrow_mut().reads += 1;
            row
        };
        match order {
            Order::Ascending => Box::new(rows.map(counted)),
            Order::Descending => Box::new(rows.rev().map(counted)),
        }
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        let counts = self.counts.get_mut();
        counts.writes += 1;
        counts.bytes_written += key.len() + value.len();
        self.rows.insert(key.to_vec(), value.to_vec());
    }

    fn remove(&mut self, key: &[u8]) {
        self.counts.get_mut().removes += 1;
        self.rows.remove(key);
    }
}
