//! New code over the storage of a deployment's contracts (clause 8.2).

use serde::Serialize;
use tokfut_api::migration::{MigrateMsg, Migrated};
use tokfut_core::fixing::digest;
use tokfut_scenario::{Contract, Failure};

use crate::deploy::{Pinning, code, pin, submit};
use crate::deployment::{Code, Deployment};
use crate::messages;
use crate::wallet::{Gas, Wallet};

/// A contract whose code was changed.
#[derive(Serialize, Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Which.
    pub contract: Contract,
    /// The code it ran.
    pub from: Code,
    /// The code it runs.
    pub to: Code,
    /// The version that left the storage.
    pub from_version: String,
    /// The version that took it over.
    pub to_version: String,
}

/// Stores the wasm, has it pinned if somebody does that, and migrates the contracts in one transaction: all of them or
/// none. A contract that runs these very bytes is left alone. The deployment's codes are brought up to date; `said` is
/// told of each step.
///
/// # Errors
/// `not_admin` if the chain lets another migrate one of them: nothing has happened then. Else the chain's or a contract's
/// code; what was stored until then stays, without use.
pub async fn migrate(
    admin: &Wallet,
    deployment: &mut Deployment,
    wasm: Vec<(Contract, Vec<u8>)>,
    pinning: Option<Pinning<'_>>,
    mut said: impl FnMut(&str),
) -> Result<Vec<Migration>, Failure> {
    let node = admin.node();
    let mut changes = Vec::new();
    for (contract, wasm) in wasm {
        let running = node.instance(deployment.address(contract)).await?;
        if running.code.sha256 == hex::encode(digest(&wasm)) {
            *deployment.codes.of_mut(contract) = running.code;
            continue;
        }
        if running.admin != admin.address() {
            let who = if running.admin.is_empty() { "nobody" } else { &running.admin };
            let words = format!("the {contract} is migrated by {who}, not by {}", admin.address());
            return Err(Failure::new("not_admin", words));
        }
        changes.push((contract, running.code, wasm));
    }
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    said("storing the codes");
    let mut stored = Vec::new();
    for (contract, from, wasm) in changes {
        let to = code(&submit(admin, wasm).await?.receipt().await?)?;
        stored.push((contract, from, to));
    }
    if let Some(pinning) = pinning {
        said("pinning them by governance");
        let ids: Vec<u64> = stored.iter().map(|(_, _, to)| to.id).collect();
        pin(node, &deployment.prefix, &pinning, &ids).await?;
    }
    said("migrating");
    let message = |(contract, _, to): &(Contract, Code, Code)| {
        messages::migrate(admin.address(), deployment.address(*contract), to.id, &MigrateMsg {})
    };
    let messages = stored.iter().map(message).collect::<Result<Vec<_>, _>>()?;
    let receipt = admin.send(messages, Gas::Estimated).await?;
    let told = receipt.events_of::<Migrated>();
    let migration = |((contract, from, to), told): ((Contract, Code, Code), Migrated)| {
        *deployment.codes.of_mut(contract) = to.clone();
        Migration { contract, from, to, from_version: told.from, to_version: told.to }
    };
    Ok(stored.into_iter().zip(told).map(migration).collect())
}
