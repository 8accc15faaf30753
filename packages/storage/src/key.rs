//! Fixed-width, big-endian keys: the order of the bytes is the order of the numbers.

use tokfut_core::id::{AccountId, ProductId, SeriesId};

/// A key of fixed width.
pub trait Key: Sized {
    /// Its bytes.
    fn bytes(&self) -> Vec<u8>;

    /// The key of these bytes, if they are one.
    fn parse(bytes: &[u8]) -> Option<Self>;
}

/// `first` and `then`, one after the other.
pub fn concat(first: &[u8], then: &[u8]) -> Vec<u8> {
    [first, then].concat()
}

/// The least byte string above all that begin with `prefix`; none if there is none.
pub(crate) fn successor(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte != u8::MAX)?;
    let (kept, _) = prefix.split_at(last.saturating_add(1));
    let mut kept = kept.to_vec();
    let byte = kept.last_mut()?;
    *byte = byte.saturating_add(1);
    Some(kept)
}

macro_rules! integer_key {
    ($($integer:ty),*) => {$(
        impl Key for $integer {
            fn bytes(&self) -> Vec<u8> {
                self.to_be_bytes().to_vec()
            }

            fn parse(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self::from_be_bytes)
            }
        }
    )*};
}

integer_key!(u8, u16, u32, u64);

macro_rules! newtype_key {
    ($($newtype:ident($integer:ty)),*) => {$(
        impl Key for $newtype {
            fn bytes(&self) -> Vec<u8> {
                self.0.bytes()
            }

            fn parse(bytes: &[u8]) -> Option<Self> {
                <$integer>::parse(bytes).map($newtype)
            }
        }
    )*};
}

newtype_key!(AccountId(u64), SeriesId(u16), ProductId(u8));

/// A first part of fixed width, then whatever is left.
impl<A: Key + FixedWidth, B: Key> Key for (A, B) {
    fn bytes(&self) -> Vec<u8> {
        concat(&self.0.bytes(), &self.1.bytes())
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (first, second) = bytes.split_at_checked(A::WIDTH)?;
        Some((A::parse(first)?, B::parse(second)?))
    }
}

/// A key whose width is known, so that another may follow it.
pub trait FixedWidth {
    /// The bytes it takes.
    const WIDTH: usize;
}

macro_rules! fixed_width {
    ($($key:ty = $width:literal),*) => {$(
        impl FixedWidth for $key {
            const WIDTH: usize = $width;
        }
    )*};
}

fixed_width!(u8 = 1, u16 = 2, u32 = 4, u64 = 8, AccountId = 8, SeriesId = 2, ProductId = 1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_successor_bounds_exactly_the_prefix() {
        assert_eq!(successor(&[0x81, 1]), Some(vec![0x81, 2]));
        assert_eq!(successor(&[0x81, 0xff]), Some(vec![0x82]));
        assert_eq!(successor(&[0xff, 0xff]), None);
    }

    #[test]
    fn a_pair_is_its_parts() {
        let key = (AccountId(9), SeriesId(3));
        assert_eq!(key.bytes(), [0, 0, 0, 0, 0, 0, 0, 9, 0, 3]);
        assert_eq!(<(AccountId, SeriesId)>::parse(&key.bytes()), Some(key));
        assert_eq!(<(AccountId, SeriesId)>::parse(&[0; 9]), None);
    }
}
