//! The life of a series: one matrix, and what each status allows (clause 2.4).

use core::fmt;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Where a series stands.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Created, not traded yet.
    Listed,
    /// Traded.
    Open,
    /// Nothing but cancelling, by the guardian's word.
    Paused,
    /// Only risk may fall.
    CloseOnly,
    /// Nothing but cancelling, until it is made close-only.
    Halted,
    /// A call auction runs.
    Auction,
    /// Past last trading, before its final settlement.
    Expired,
    /// Finally settled.
    Settled,
}

/// A change of status that the matrix does not have.
#[derive(Error, Clone, Copy, Debug, PartialEq, Eq)]
#[error("invalid_transition: {from} cannot become {to} (2.4)")]
pub struct TransitionError {
    /// The status it has.
    pub from: Status,
    /// The status asked for.
    pub to: Status,
}

impl Status {
    /// All of them, in order of life.
    pub const ALL: [Self; 8] = [
        Self::Listed,
        Self::Open,
        Self::Paused,
        Self::CloseOnly,
        Self::Halted,
        Self::Auction,
        Self::Expired,
        Self::Settled,
    ];

    /// The statuses that may follow by decision; `Expired` follows every one before it by time.
    const fn successors(self) -> &'static [Self] {
        use Status::{Auction, CloseOnly, Expired, Halted, Listed, Open, Paused, Settled};
        match self {
            Listed => &[Open, Expired],
            Open => &[Paused, CloseOnly, Halted, Auction, Expired],
            Auction => &[Open, Paused, CloseOnly, Halted, Expired],
            Paused => &[Open, CloseOnly, Halted, Expired],
            CloseOnly => &[Open, Paused, Halted, Expired],
            Halted => &[Open, CloseOnly, Expired],
            Expired => &[Settled],
            Settled => &[],
        }
    }

    /// True if `to` may follow.
    pub fn may_become(self, to: Self) -> bool {
        self.successors().contains(&to)
    }

    /// `to`, if it may follow.
    pub fn transition(self, to: Self) -> Result<Self, TransitionError> {
        if self.may_become(to) { Ok(to) } else { Err(TransitionError { from: self, to }) }
    }

    /// May an order add risk? Only while open: a paused or halted series takes no orders at all, a close-only one none
    /// that adds risk, and in an auction nothing joins what already stands.
    pub const fn may_open(self) -> bool {
        matches!(self, Self::Open)
    }

    /// May a reduce-only order come in? While open or close-only.
    pub const fn may_reduce(self) -> bool {
        matches!(self, Self::Open | Self::CloseOnly)
    }

    /// May orders trade as they meet? While open or close-only; close-outs by the clearing house too.
    pub const fn may_match(self) -> bool {
        matches!(self, Self::Open | Self::CloseOnly)
    }

    /// Does a change to `to` only take risk away? The guardian may do no other (clause 8.1).
    pub const fn is_safer(self, to: Self) -> bool {
        matches!(to, Self::Paused | Self::CloseOnly | Self::Halted) && !matches!(self, Self::Expired | Self::Settled)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Listed => "listed",
            Self::Open => "open",
            Self::Paused => "paused",
            Self::CloseOnly => "close_only",
            Self::Halted => "halted",
            Self::Auction => "auction",
            Self::Expired => "expired",
            Self::Settled => "settled",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row: from; column: to; in the order of [`Status::ALL`].
    const MATRIX: [[u8; 8]; 8] = [
        // listed open paused close_only halted auction expired settled
        [0, 1, 0, 0, 0, 0, 1, 0],
        [0, 0, 1, 1, 1, 1, 1, 0],
        [0, 1, 0, 1, 1, 0, 1, 0],
        [0, 1, 1, 0, 1, 0, 1, 0],
        [0, 1, 0, 1, 0, 0, 1, 0],
        [0, 1, 1, 1, 1, 0, 1, 0],
        [0, 0, 0, 0, 0, 0, 0, 1],
        [0, 0, 0, 0, 0, 0, 0, 0],
    ];

    #[test]
    fn a_status_changes_by_the_matrix_alone() {
        for (from, row) in Status::ALL.iter().zip(MATRIX) {
            for (to, allowed) in Status::ALL.iter().zip(row) {
                assert_eq!(from.may_become(*to), allowed == 1, "{from} -> {to}");
            }
        }
    }

    #[test]
    fn each_status_allows_exactly_its_acts() {
        let acts = |s: Status| [s.may_open(), s.may_reduce(), s.may_match()].map(u8::from);
        let expected = [[0, 0, 0], [1, 1, 1], [0, 0, 0], [0, 1, 1], [0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]];
        assert_eq!(Status::ALL.map(acts), expected);
    }

    #[test]
    fn only_a_living_series_is_made_safer_and_never_by_opening_it() {
        for from in Status::ALL {
            let safer: Vec<Status> = Status::ALL.into_iter().filter(|to| from.is_safer(*to)).collect();
            let is_over = [Status::Expired, Status::Settled].contains(&from);
            let expected = if is_over { vec![] } else { vec![Status::Paused, Status::CloseOnly, Status::Halted] };
            assert_eq!(safer, expected, "{from}");
        }
    }

    #[test]
    fn a_refused_change_names_both_ends() {
        let error = Status::Settled.transition(Status::Open).unwrap_err();
        assert_eq!(error.to_string(), "invalid_transition: settled cannot become open (2.4)");
        assert_eq!(Status::Paused.transition(Status::CloseOnly), Ok(Status::CloseOnly));
    }
}
