//! A copy of a storage on which a plan is written to see what becomes of it; the storage itself is only read.

use std::collections::BTreeMap;
use std::ops::Bound;

use cosmwasm_std::{Order, Record, Storage};

/// A storage and what has been changed on top of it. Changes live as long as it does.
pub struct Overlay<'a> {
    base: &'a dyn Storage,
    /// None: removed.
    changes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

impl<'a> Overlay<'a> {
    /// `base`, unchanged as yet.
    pub const fn new(base: &'a dyn Storage) -> Self {
        Self { base, changes: BTreeMap::new() }
    }

    /// The changed entries of a range that are there, in its order.
    fn changed(&self, start: Option<&[u8]>, end: Option<&[u8]>, order: Order) -> Vec<Record> {
        let start = start.map_or(Bound::Unbounded, |start| Bound::Included(start.to_vec()));
        let is_before_end = |key: &[u8]| end.is_none_or(|end| key < end);
        let entries = self.changes.range((start, Bound::Unbounded)).take_while(|(key, _)| is_before_end(key));
        let mut entries: Vec<Record> = entries.filter_map(|(key, value)| Some((key.clone(), value.clone()?))).collect();
        if order == Order::Descending {
            entries.reverse();
        }
        entries
    }
}

impl Storage for Overlay<'_> {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        match self.changes.get(key) {
            Some(change) => change.clone(),
            None => self.base.get(key),
        }
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        self.changes.insert(key.to_vec(), Some(value.to_vec()));
    }

    fn remove(&mut self, key: &[u8]) {
        self.changes.insert(key.to_vec(), None);
    }

    fn range<'b>(
        &'b self,
        start: Option<&[u8]>,
        end: Option<&[u8]>,
        order: Order,
    ) -> Box<dyn Iterator<Item = Record> + 'b> {
        let kept = self.base.range(start, end, order).filter(|(key, _)| !self.changes.contains_key(key));
        let mut kept = kept.peekable();
        let mut changed = self.changed(start, end, order).into_iter().peekable();
        let comes_first = move |a: &[u8], b: &[u8]| match order {
            Order::Ascending => a < b,
            Order::Descending => a > b,
        };
        Box::new(core::iter::from_fn(move || match (kept.peek(), changed.peek()) {
            (Some((base, _)), Some((own, _))) if comes_first(base, own) => kept.next(),
            (_, Some(_)) => changed.next(),
            (_, None) => kept.next(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::testing::MockStorage;

    use super::*;

    /// The same changes on a copy of the storage and on an overlay; then every range of both.
    #[test]
    fn an_overlay_reads_as_a_changed_copy_and_leaves_its_base_alone() {
        let mut base = MockStorage::new();
        for key in [2u8, 4, 6, 8] {
            base.set(&[key], &[key]);
        }
        let mut copy = MockStorage::new();
        base.range(None, None, Order::Ascending).for_each(|(key, value)| copy.set(&key, &value));
        let mut overlay = Overlay::new(&base);
        for (key, value) in
            [(1, Some(10)), (4, Some(40)), (5, Some(50)), (6, None), (7, None), (9, Some(90)), (5, None)]
        {
            let changed: [&mut dyn Storage; 2] = [&mut copy, &mut overlay];
            changed.into_iter().for_each(|storage| match value {
                Some(value) => storage.set(&[key], &[value]),
                None => storage.remove(&[key]),
            });
        }
        for key in 0u8..=10 {
            assert_eq!(overlay.get(&[key]), copy.get(&[key]), "{key}");
        }
        let ends: Vec<Option<[u8; 1]>> = core::iter::once(None).chain((0u8..=10).map(|key| Some([key]))).collect();
        for order in [Order::Ascending, Order::Descending] {
            for (start, end) in ends.iter().flat_map(|start| ends.iter().map(move |end| (start, end))) {
                let (start, end) = (start.as_ref().map(|key| &key[..]), end.as_ref().map(|key| &key[..]));
                let read = |storage: &dyn Storage| storage.range(start, end, order).collect::<Vec<_>>();
                assert_eq!(read(&overlay), read(&copy), "{start:?} {end:?} {order:?}");
            }
        }
        assert_eq!(base.range(None, None, Order::Ascending).count(), 4);
    }
}
