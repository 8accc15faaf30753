//! `tokfut keys`: the keys of test users.

use std::collections::BTreeMap;

use anyhow::Result;
use clap::Args;
use tokfut_client::Key;

use super::session::NamedKey;
use super::table::json;

/// Writes the keys of test users as JSON, for a file that --keys names. Everybody can make the same: never to be used
/// where money is real.
#[derive(Args)]
pub struct Keys {
    /// What addresses of the chain begin with.
    #[arg(long, default_value = "wasm")]
    prefix: String,
    /// Their names.
    #[arg(required = true)]
    names: Vec<String>,
}

impl Keys {
    /// Writes them.
    pub fn run(&self) -> Result<()> {
        let key = |name: &String| {
            let mnemonic = Key::test_mnemonic(name)?;
            let address = Key::from_mnemonic(&mnemonic)?.address(&self.prefix)?;
            Ok((name.clone(), NamedKey { address, mnemonic }))
        };
        json(&self.names.iter().map(key).collect::<Result<BTreeMap<_, _>>>()?)
    }
}
