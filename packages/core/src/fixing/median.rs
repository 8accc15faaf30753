//! Lower medians: always a number that somebody signed, never an average of two (clause 7.4).

/// The lower median: of v values in order, the ⌈v/2⌉th. None of none.
pub fn lower_median(values: &[u128]) -> Option<u128> {
    let sorted = in_order(values.iter().copied(), |value| *value);
    sorted.get(middle(sorted.len())?).copied()
}

/// The dispersion of `values` around `median`: the least distance within which at least half of them lie. While fewer
/// than half are lies it is at most the largest honest distance, so that liars alone cannot have a round held.
pub fn distance_median(values: &[u128], median: u128) -> Option<u128> {
    lower_median(&values.iter().map(|value| value.abs_diff(median)).collect::<Vec<_>>())
}

/// The items in order of `key`. Few of them: each is put where it belongs.
pub(super) fn in_order<T, K: Ord>(items: impl Iterator<Item = T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut sorted: Vec<T> = Vec::new();
    for item in items {
        let place = sorted.partition_point(|other| key(other) < key(&item));
        sorted.insert(place, item);
    }
    sorted
}

/// The index of the lower median of `count` sorted values.
pub(super) fn middle(count: usize) -> Option<usize> {
    count.checked_sub(1)?.checked_div(2)
}
