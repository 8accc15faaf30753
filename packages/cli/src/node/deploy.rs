//! `tokfut deploy`: the three contracts on a chain.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use cosmwasm_std::Coin;
use tokfut_client::deploy::{Pinning, Plan, SpecAt};
use tokfut_client::{Codes, Contract, GasPrice, Key, Node, Wallet, deploy};
use tokfut_core::time::Time;
use tokfut_scenario::{Roles, WorldSpec};

use super::session::{read_keys, write_deployment};

/// Stores, pins, instantiates and connects the three contracts, with the reference parameters unless told otherwise.
#[derive(Args)]
pub struct Deploy {
    /// A node of the chain.
    #[arg(long, value_name = "URL")]
    node: String,
    /// The keys' file; it names governance, guardian, administrator, arbiter and treasury.
    #[arg(long, env = "TOKFUT_KEYS", value_name = "FILE")]
    keys: PathBuf,
    /// The folder of market.wasm, oracle.wasm and vault.wasm.
    #[arg(long, value_name = "DIR")]
    wasm: PathBuf,
    /// Where the deployment is noted.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// What addresses of the chain begin with.
    #[arg(long, default_value = "wasm")]
    prefix: String,
    /// What gas costs there.
    #[arg(long, default_value = "0.0025ustake")]
    gas_price: String,
    /// Has this key, of a delegator who decides alone, pin the codes by a proposal. Calls cost 58,000 gas less then.
    #[arg(long, value_name = "NAME")]
    pin_by: Option<String>,
    /// Who may migrate the contracts: where money is real, the chain's governance module, whose proposals take days;
    /// governance's own key if not given.
    #[arg(long, value_name = "ADDRESS")]
    admin: Option<String>,
    /// Changes to the reference deployment, JSON, as the `world` step of `replay` takes them.
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// For a test network: protocol time runs at this speed, and the first fixing is ten seconds away.
    #[arg(long)]
    speed: Option<u32>,
    /// With a fast clock: this time comes in ten seconds, e.g. 2027-03-01T11:59:00Z, instead of the next noon.
    #[arg(long, requires = "speed")]
    begin: Option<String>,
}

impl Deploy {
    /// Deploys.
    pub async fn run(self) -> anyhow::Result<()> {
        let keys = read_keys(&self.keys)?;
        let named = |name: &str| keys.get(name).with_context(|| format!("{} has no {name}", self.keys.display()));
        let address = |name: &str| named(name).map(|key| key.address.clone());
        let node = Node::connect(&self.node).await?;
        let gas_price: GasPrice = self.gas_price.parse()?;
        let wallet = |name: &str| -> anyhow::Result<Wallet> {
            let key = Key::from_mnemonic(&named(name)?.mnemonic)?;
            Ok(Wallet::new(&node, key, &self.prefix, gas_price.clone())?)
        };
        let plan = Plan {
            spec: self.spec()?,
            wasm: Codes {
                market: read_wasm(&self.wasm, Contract::Market)?,
                oracle: read_wasm(&self.wasm, Contract::Oracle)?,
                vault: read_wasm(&self.wasm, Contract::Vault)?,
            },
            roles: Roles {
                administrator: address("administrator")?,
                governance: address("governance")?,
                guardian: address("guardian")?,
                arbiter: address("arbiter")?,
                treasury: address("treasury")?,
            },
            admin: self.admin.clone().map_or_else(|| address("governance"), Ok)?,
        };
        let pinner = self.pin_by.as_deref().map(wallet).transpose()?;
        let deposit = deposit(&gas_price);
        let pinning = pinner.as_ref().map(|wallet| Pinning { wallet, deposit });
        let governance = wallet("governance")?;
        let said = |words: &str| eprintln!("{words}");
        let deployment = deploy(&governance, &self.prefix, &self.gas_price, plan, pinning, said).await?;
        write_deployment(&self.out, &deployment)?;
        for contract in Contract::ALL {
            let (address, code) = (deployment.address(contract), deployment.codes.of(contract));
            eprintln!("{:<6} {address}, code {} of {}", contract.name(), code.id, code.sha256);
        }
        Ok(())
    }

    fn spec(&self) -> anyhow::Result<SpecAt> {
        let spec = match &self.spec {
            Some(path) => {
                let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
                WorldSpec::patched(&serde_json::from_str(&text)?)?
            }
            None => WorldSpec::reference()?,
        };
        let begin = self.begin.as_deref().map(Time::parse).transpose()?;
        let speed = self.speed;
        Ok(Box::new(move |now| match speed {
            Some(speed) => spec.soon(speed, begin, now),
            None => Ok(spec),
        }))
    }
}

/// The wasm of a contract.
pub fn read_wasm(folder: &Path, contract: Contract) -> anyhow::Result<Vec<u8>> {
    let path = folder.join(format!("{contract}.wasm"));
    fs::read(&path).with_context(|| format!("cannot read {}: scripts/wasm makes it", path.display()))
}

/// The deposit of a proposal that pins codes.
pub fn deposit(gas_price: &GasPrice) -> Coin {
    Coin::new(1u128, gas_price.denom.clone())
}
