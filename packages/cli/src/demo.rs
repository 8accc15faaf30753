//! `tokfut demo`: a guided run on the embedded chain.

use clap::Args;

/// Shows a contract month from listing to final settlement, on the embedded chain.
#[derive(Args)]
pub struct Demo {}

impl Demo {
    /// Runs it.
    ///
    /// # Errors
    /// Always, as yet.
    pub fn run(&self) -> anyhow::Result<()> {
        anyhow::bail!("not_available: the demo is not built yet")
    }
}
