//! What keepers do, by name.

use core::fmt;
use core::str::FromStr;

use tokfut_scenario::Failure;

/// One kind of what anyone may do and somebody must.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Duty {
    /// Brings signed observations to the oracle (7.3).
    Relay,
    /// Makes fixings final (7.6).
    Fixings,
    /// Makes struck settlements final (4.5).
    Finalise,
    /// Strikes daily and final settlements (4.5, 5.2).
    Strike,
    /// Opens series whose announced time has come (8.1).
    Reopen,
    /// Lists the months that must exist (2.2).
    List,
    /// Pushes marks to the clearing house (4.13).
    Marks,
    /// Liquidates accounts below maintenance (6.2).
    Liquidate,
    /// Has the house advance missing cash (6.1).
    Advance,
    /// Has the house reduce its positions on the book (6.5).
    Unwind,
    /// Removes dead orders from the book (3.5).
    Reap,
    /// Brings accounts up to date whose months have ended: what they owe and the fee fall due then (4.5, 4.8).
    Touch,
    /// Pays the treasury its share of fees (4.8).
    Collect,
}

impl Duty {
    /// All of them, in the order in which a round does them: what settles comes before what is measured by it.
    pub const ALL: [Self; 13] = [
        Self::Relay,
        Self::Fixings,
        Self::Finalise,
        Self::Strike,
        Self::Reopen,
        Self::List,
        Self::Marks,
        Self::Liquidate,
        Self::Advance,
        Self::Unwind,
        Self::Reap,
        Self::Touch,
        Self::Collect,
    ];

    /// `relay`, `fixings`, …
    pub const fn name(self) -> &'static str {
        match self {
            Self::Relay => "relay",
            Self::Fixings => "fixings",
            Self::Finalise => "finalise",
            Self::Strike => "strike",
            Self::Reopen => "reopen",
            Self::List => "list",
            Self::Marks => "marks",
            Self::Liquidate => "liquidate",
            Self::Advance => "advance",
            Self::Unwind => "unwind",
            Self::Reap => "reap",
            Self::Touch => "touch",
            Self::Collect => "collect",
        }
    }

    /// How many actions go into one transaction at first.
    pub const fn batch(self) -> usize {
        match self {
            Self::Marks | Self::Reap | Self::Touch => 32,
            Self::Liquidate | Self::Advance => 8,
            Self::Relay
            | Self::Fixings
            | Self::Finalise
            | Self::Strike
            | Self::Reopen
            | Self::List
            | Self::Unwind
            | Self::Collect => 1,
        }
    }
}

impl fmt::Display for Duty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Duty {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        let names = || Self::ALL.map(Self::name).join(", ");
        let found = Self::ALL.into_iter().find(|duty| duty.name() == text);
        found.ok_or_else(|| Failure::new("unknown_duty", format!("{text:?} is none of {}", names())))
    }
}
