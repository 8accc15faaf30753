//! `tokfut migrate`: new code over the contracts of a deployment.

use std::path::PathBuf;

use clap::Args;
use tokfut_client::deploy::Pinning;
use tokfut_client::{Contract, Failure, Migration, migrate};
use tokfut_core::fixing::digest;

use super::deploy::{deposit, read_wasm};
use super::session::{Place, Signer, wallet, write_deployment};
use super::table::{json, line};

/// The wasm that this program was released with, as `scripts/wasm --record` writes it.
const RECORD: &str = include_str!("../../../../contracts/checksums.txt");

/// Puts new code over the contracts, all or some of them, in one transaction. The signer is their admin on the chain.
///
/// A contract that runs these very bytes already is left alone. The code that is stored must read the storage that is
/// there: the contract refuses otherwise, and nothing has changed then. The deployment's file is brought up to date.
#[derive(Args)]
pub struct Migrate {
    /// Which: market, oracle, vault; all three if none is named.
    #[arg(value_parser = contract)]
    contracts: Vec<Contract>,
    /// The folder of market.wasm, oracle.wasm and vault.wasm.
    #[arg(long, value_name = "DIR")]
    wasm: PathBuf,
    /// Takes wasm whose checksum is not the one on record for this release.
    #[arg(long)]
    unrecorded: bool,
    /// Has this key of the keys' file, of a delegator who decides alone, pin the codes by a proposal before.
    #[arg(long, value_name = "NAME")]
    pin_by: Option<String>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    signer: Signer,
}

fn contract(name: &str) -> Result<Contract, String> {
    Contract::parse(name).ok_or_else(|| "not one of market, oracle, vault".to_string())
}

impl Migrate {
    /// Migrates.
    pub async fn run(self) -> anyhow::Result<()> {
        let wanted = if self.contracts.is_empty() { &Contract::ALL[..] } else { &self.contracts };
        let mut wasm = Vec::new();
        for contract in Contract::ALL.into_iter().filter(|contract| wanted.contains(contract)) {
            let bytes = read_wasm(&self.wasm, contract)?;
            if !self.unrecorded {
                is_on_record(RECORD, contract, &bytes)?;
            }
            wasm.push((contract, bytes));
        }
        let trader = self.place.trader(&self.signer).await?;
        let protocol = trader.protocol();
        let mut deployment = protocol.deployment().clone();
        let pinner = self.pin_by.as_deref().map(|name| self.signer.named(name)).transpose()?;
        let pinner = pinner.map(|key| wallet(protocol, key)).transpose()?;
        let deposit = deposit(&deployment.gas_price.parse()?);
        let pinning = pinner.as_ref().map(|wallet| Pinning { wallet, deposit });
        let said = |words: &str| eprintln!("{words}");
        let migrations = migrate(trader.wallet(), &mut deployment, wasm, pinning, said).await?;
        // The node of the file, not one that was named for once.
        let noted = self.place.noted()?;
        write_deployment(self.place.file()?, &tokfut_client::Deployment { node: noted.node, ..deployment })?;
        if self.place.json {
            return json(&migrations);
        }
        if migrations.is_empty() {
            line("nothing to do: these bytes run already")?;
        }
        Ok(migrations.iter().try_for_each(show)?)
    }
}

fn show(Migration { contract, from, to, from_version, to_version }: &Migration) -> std::io::Result<()> {
    line(format!("{:<6}  code {} → {}, version {from_version} → {to_version}", contract.name(), from.id, to.id))?;
    line(format!("        {}", from.sha256))?;
    line(format!("      → {}", to.sha256))
}

/// Whether the bytes are those that a file of checksums names for the contract.
fn is_on_record(record: &str, contract: Contract, wasm: &[u8]) -> Result<(), Failure> {
    let name = format!("{contract}.wasm");
    let of = |line: &str| line.split_once("  ").filter(|(_, file)| *file == name).map(|(sha256, _)| sha256.to_string());
    let recorded = record.lines().find_map(of).unwrap_or_default();
    let found = hex::encode(digest(wasm));
    if found == recorded {
        return Ok(());
    }
    let words = format!("{name} is {found}, on record is {recorded}; --unrecorded takes it all the same");
    Err(Failure::new("not_on_record", words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_contract_is_on_record_once() {
        for contract in Contract::ALL {
            let lines = RECORD.lines().filter(|line| line.ends_with(&format!("  {contract}.wasm")));
            assert_eq!(lines.count(), 1, "{contract}");
        }
    }

    #[test]
    fn only_bytes_on_record_are_taken() {
        let sha256 = hex::encode(digest(b"wasm"));
        let record = format!("00  market.wasm\n{sha256}  vault.wasm\n");
        assert!(is_on_record(&record, Contract::Vault, b"wasm").is_ok());
        for (contract, wasm) in
            [(Contract::Vault, &b"wasn"[..]), (Contract::Market, b"wasm"), (Contract::Oracle, b"wasm")]
        {
            assert_eq!(is_on_record(&record, contract, wasm).unwrap_err().code, "not_on_record");
        }
    }
}
