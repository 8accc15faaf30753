//! A message that was sent, and what came of it.

use tokfut_embedded::{Failure, Outcome};

/// The result of a step: the test says whether it had to succeed.
#[must_use = "say whether it succeeds or is refused"]
pub struct Attempt {
    /// The step in words.
    pub what: String,
    /// What came of it.
    pub result: Result<Outcome, Failure>,
}

impl Attempt {
    /// It happened.
    pub fn succeeds(self) -> Outcome {
        self.result.unwrap_or_else(|failure| panic!("{} was refused: {failure}", self.what))
    }

    /// It was refused with this code, and (the world has checked) changed nothing. The words of the refusal.
    pub fn refused_with(self, code: &str) -> String {
        match self.result {
            Err(failure) if failure.code == code => failure.message,
            Err(failure) => panic!("{}: expected {code}, got {failure}", self.what),
            Ok(outcome) => panic!("{}: expected {code}, and it happened: {:?}", self.what, outcome.events),
        }
    }

    /// Its code if it was refused.
    pub fn code(&self) -> Option<&str> {
        self.result.as_ref().err().map(|failure| failure.code.as_str())
    }
}
