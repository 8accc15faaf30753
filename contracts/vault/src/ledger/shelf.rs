//! A few records in memory, in order of key.

use core::ops::RangeInclusive;

/// What one message touches of one kind, sorted by key: a list, for which far less code is compiled than for a tree
/// map. The records are boxed, so that making room moves little.
#[derive(Clone, Debug)]
pub struct Shelf<K, V>(Vec<(K, Box<V>)>);

impl<K: Ord + Copy, V> Shelf<K, V> {
    /// An empty one.
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    fn place(&self, key: K) -> Result<usize, usize> {
        self.0.binary_search_by_key(&key, |(key, _)| *key)
    }

    /// True if there is a record under `key`.
    pub fn contains(&self, key: K) -> bool {
        self.place(key).is_ok()
    }

    /// The record under `key`.
    pub fn get(&self, key: K) -> Option<&V> {
        self.0.get(self.place(key).ok()?).map(|(_, value)| &**value)
    }

    /// The record under `key`, to be changed.
    pub fn get_mut(&mut self, key: K) -> Option<&mut V> {
        let place = self.place(key).ok()?;
        self.0.get_mut(place).map(|(_, value)| &mut **value)
    }

    /// Puts a record under `key`, in place of one that is there.
    pub fn insert(&mut self, key: K, value: V) {
        let value = Box::new(value);
        match self.place(key) {
            Ok(place) => {
                if let Some((_, old)) = self.0.get_mut(place) {
                    *old = value;
                }
            }
            Err(place) => self.0.insert(place, (key, value)),
        }
    }

    /// All records, in order of key.
    pub fn iter(&self) -> impl Iterator<Item = (K, &V)> {
        self.0.iter().map(|(key, value)| (*key, &**value))
    }

    /// The records under the keys of `range`, in order.
    pub fn range(&self, range: RangeInclusive<K>) -> impl Iterator<Item = (K, &V)> {
        self.iter().filter(move |(key, _)| range.contains(key))
    }

    /// All records to be changed, in order of key.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (K, &mut V)> {
        self.0.iter_mut().map(|(key, value)| (*key, &mut **value))
    }
}

impl<K, V> IntoIterator for Shelf<K, V> {
    type Item = (K, Box<V>);
    type IntoIter = std::vec::IntoIter<(K, Box<V>)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_stand_in_order_of_key_and_each_key_once() {
        let mut shelf = Shelf::new();
        for (key, value) in [(5, 'a'), (1, 'b'), (9, 'c'), (5, 'd')] {
            shelf.insert(key, value);
        }
        *shelf.get_mut(9).unwrap() = 'e';
        assert_eq!((shelf.get(5), shelf.get(6)), (Some(&'d'), None));
        assert_eq!((shelf.contains(1), shelf.contains(2), shelf.get_mut(2)), (true, false, None));
        assert_eq!(shelf.range(2..=9).collect::<Vec<_>>(), [(5, &'d'), (9, &'e')]);
        assert_eq!(shelf.iter_mut().map(|(key, _)| key).collect::<Vec<_>>(), [1, 5, 9]);
        assert_eq!(shelf.into_iter().map(|(_, value)| *value).collect::<String>(), "bde");
    }
}
