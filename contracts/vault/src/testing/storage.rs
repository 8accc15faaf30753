//! Storage that counts what is read and written.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Bound;

use cosmwasm_std::{Order, Record, Storage};

/// Operations on keys, and the bytes of keys and values they moved.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counts {
    pub reads: usize,
    pub writes: usize,
    pub removes: usize,
    pub bytes_read: usize,
    pub bytes_written: usize,
}

pub type Rows = BTreeMap<Vec<u8>, Vec<u8>>;

#[derive(Default)]
pub struct CountingStorage {
    rows: Rows,
    counts: RefCell<Counts>,
}

impl CountingStorage {
    pub fn rows(&self) -> Rows {
        self.rows.clone()
    }

    pub fn restore(&mut self, rows: Rows) {
        self.rows = rows;
    }

    /// What was counted since the last call.
    pub fn counted(&self) -> Counts {
        self.counts.replace(Counts::default())
    }

    /// The sizes of key and value of every row in a namespace.
    pub fn sizes(&self, namespace: u8) -> Vec<(usize, usize)> {
        let rows = self.rows.iter().filter(|(key, _)| key[0] == namespace);
        rows.map(|(key, value)| (key.len(), value.len())).collect()
    }

    fn read(&self, bytes: usize) {
        let mut counts = self.counts.borrow_mut();
        counts.reads += 1;
        counts.bytes_read += bytes;
    }
}

impl Storage for CountingStorage {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        let value = self.rows.get(key).cloned();
        self.read(key.len() + value.as_ref().map_or(0, Vec::len));
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
        let counted = |row: Record| {
            self.read(row.0.len() + row.1.len());
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
