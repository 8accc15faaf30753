//! Small differences between one run and another: a sequence that follows from the seed alone.

/// SplitMix64.
pub struct Noise(u64);

impl Noise {
    /// The sequence of a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `below` − 1; 0 if there is none.
    pub fn below(&mut self, below: u64) -> u64 {
        self.next().checked_rem(below).unwrap_or(0)
    }

    /// A number from −`size` to `size`.
    pub fn around(&mut self, size: u32) -> i64 {
        let drawn = self.below(u64::from(size).saturating_mul(2).saturating_add(1));
        i64::try_from(drawn).unwrap_or(0).saturating_sub(i64::from(size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_always_gives_the_same_numbers_within_their_bounds() {
        let draw = |seed| {
            let mut noise = Noise::new(seed);
            (0..200).map(|_| noise.around(3)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert!((-3..=3).all(|number| draw(7).contains(&number)) && draw(7).iter().all(|n| n.abs() <= 3));
    }

    #[test]
    fn the_first_number_is_the_published_one() {
        assert_eq!(Noise::new(1_234_567).next(), 6_457_827_717_110_365_317);
    }
}
