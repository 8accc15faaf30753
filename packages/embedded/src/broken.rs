//! An invariant that does not hold.

use core::fmt;

use cosmwasm_std::StdError;
use serde::Serialize;

use crate::failure::Failure;

/// A state, or a step between two, that breaks a rule.
#[derive(Serialize, Clone, Debug, PartialEq, Eq)]
pub struct BrokenInvariant {
    /// `I1`…`I15` of clause 9; the clause where it is another rule; `panic`; `unreadable` if a record could not be
    /// read or counted.
    pub id: &'static str,
    /// What does not fit, with the numbers.
    pub text: String,
}

impl fmt::Display for BrokenInvariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.id, self.text)
    }
}

impl std::error::Error for BrokenInvariant {}

impl From<StdError> for BrokenInvariant {
    fn from(error: StdError) -> Self {
        Self { id: "unreadable", text: error.to_string() }
    }
}

impl From<Failure> for BrokenInvariant {
    fn from(failure: Failure) -> Self {
        Self { id: "unreadable", text: failure.to_string() }
    }
}
