//! Puts the three contracts on a chain: stored, pinned, instantiated, connected.

use core::time::Duration;
use std::time::Instant;

use bech32::{Bech32, Hrp};
use cosmos_sdk_proto::cosmos::gov::v1::{
    MsgSubmitProposalResponse, ProposalStatus, QueryProposalRequest, QueryProposalResponse,
};
use cosmos_sdk_proto::cosmwasm::wasm::v1::{MsgInstantiateContractResponse, MsgStoreCodeResponse};
use cosmwasm_std::Coin;
use serde::Serialize;
use tokfut_api::vault;
use tokfut_core::fixing::digest;
use tokfut_scenario::{Failure, Panel, Roles, WorldSpec};

use crate::answer::Receipt;
use crate::deployment::{Code, Codes, Deployment};
use crate::messages::{execute, instantiate, propose_pinning, store, vote_yes};
use crate::node::{Node, decode};
use crate::wallet::{Gas, Pending, Wallet};

/// The gas of a stored code: measured ~7 a byte, and the largest that a chain takes has 800 KiB.
const STORE: Gas = Gas::Limit(20_000_000);
/// How long a proposal is waited for.
const PATIENCE: Duration = Duration::from_secs(600);

/// What a deployment is made of, given the time of the block in which it begins, Unix seconds: a test network's clock
/// starts at its deployment.
pub type SpecAt = Box<dyn FnOnce(u64) -> Result<WorldSpec, Failure>>;

/// What is deployed.
pub struct Plan {
    /// Products, feeds, clock.
    pub spec: SpecAt,
    /// The contracts' wasm.
    pub wasm: Codes<Vec<u8>>,
    /// Who has which power; governance is the deploying wallet.
    pub roles: Roles,
    /// Who may migrate the contracts: an address of the chain's, e.g. of its governance module, whose proposals take days.
    pub admin: String,
}

/// Who pins the codes: proposes, deposits so much and votes. Its stake must decide alone.
pub struct Pinning<'a> {
    /// Who.
    pub wallet: &'a Wallet,
    /// The deposit.
    pub deposit: Coin,
}

/// Deploys with the wallet of governance. `said` is told of each step.
///
/// # Errors
/// The chain's or a contract's code; what was stored or instantiated until then stays, without use.
pub async fn deploy(
    governance: &Wallet,
    prefix: &str,
    gas_price: &str,
    plan: Plan,
    pinning: Option<Pinning<'_>>,
    mut said: impl FnMut(&str),
) -> Result<Deployment, Failure> {
    let Plan { spec, wasm, roles, admin } = plan;
    let node = governance.node();
    said("storing the codes");
    let codes = store_all(governance, wasm).await?;
    if let Some(pinning) = pinning {
        said("pinning them by governance");
        pin(node, prefix, &pinning, &[codes.market.id, codes.oracle.id, codes.vault.id]).await?;
    }
    said("instantiating oracle, vault and market");
    let now = node.latest().await?.seconds;
    let mut spec = spec(now)?;
    spec.start = spec.clock.at(now).map_err(|error| Failure::new("invalid_time", error))?;
    spec.chain_id = node.chain_id().to_string();
    let panel = Panel::reference(spec.panel)?;
    let by = (governance, admin.as_str());
    let oracle = create(by, codes.oracle.id, "tokfut oracle", &spec.oracle(&roles, &panel)).await?;
    let vault = create(by, codes.vault.id, "tokfut vault", &spec.vault(&roles)).await?;
    let market = create(by, codes.market.id, "tokfut market", &spec.market(&roles, &oracle, &vault)).await?;
    said("connecting them");
    let connect = vault::ExecuteMsg::Connect { market: market.clone() };
    let mut messages = vec![execute(governance.address(), &vault, &connect, &[])?];
    if !spec.insurance.is_zero() {
        let seed = [Coin::new(spec.insurance.base_units(), spec.denom.clone())];
        messages.push(execute(governance.address(), &vault, &vault::ExecuteMsg::FundInsurance {}, &seed)?);
    }
    governance.send(messages, Gas::Estimated).await?;
    Ok(Deployment {
        node: node.url().to_string(),
        chain_id: spec.chain_id.clone(),
        prefix: prefix.to_string(),
        gas_price: gas_price.to_string(),
        market,
        oracle,
        vault,
        codes,
        spec,
    })
}

async fn store_all(wallet: &Wallet, wasm: Codes<Vec<u8>>) -> Result<Codes<Code>, Failure> {
    let Codes { market, oracle, vault } = wasm;
    let pending = [submit(wallet, market).await?, submit(wallet, oracle).await?, submit(wallet, vault).await?];
    let [market, oracle, vault] = pending;
    Ok(Codes {
        market: code(&market.receipt().await?)?,
        oracle: code(&oracle.receipt().await?)?,
        vault: code(&vault.receipt().await?)?,
    })
}

/// Stores wasm, without waiting for its block.
pub(crate) async fn submit(wallet: &Wallet, wasm: Vec<u8>) -> Result<Pending, Failure> {
    wallet.submit(vec![store(wallet.address(), wasm)], STORE).await
}

/// The code that a receipt of storing is of.
pub(crate) fn code(receipt: &Receipt) -> Result<Code, Failure> {
    let stored: MsgStoreCodeResponse = decode(first(receipt))?;
    Ok(Code { id: stored.code_id, sha256: hex::encode(stored.checksum) })
}

async fn create(
    (wallet, admin): (&Wallet, &str),
    code: u64,
    label: &str,
    message: &impl Serialize,
) -> Result<String, Failure> {
    let message = instantiate((wallet.address(), admin), code, label, message)?;
    let receipt = wallet.send(vec![message], Gas::Estimated).await?;
    let created: MsgInstantiateContractResponse = decode(first(&receipt))?;
    Ok(created.address)
}

fn first(receipt: &Receipt) -> &[u8] {
    receipt.responses.first().map(Vec::as_slice).unwrap_or_default()
}

/// Has codes pinned, and waits for the end of the vote.
pub(crate) async fn pin(node: &Node, prefix: &str, pinning: &Pinning<'_>, codes: &[u64]) -> Result<(), Failure> {
    let Pinning { wallet, deposit } = pinning;
    let proposal = propose_pinning(wallet.address(), &governance_module(prefix)?, codes, deposit);
    let receipt = wallet.send(vec![proposal], Gas::Estimated).await?;
    let proposed: MsgSubmitProposalResponse = decode(first(&receipt))?;
    let proposal_id = proposed.proposal_id;
    wallet.send(vec![vote_yes(wallet.address(), proposal_id)], Gas::Estimated).await?;
    let began = Instant::now();
    loop {
        let answer: QueryProposalResponse =
            node.ask("/cosmos.gov.v1.Query/Proposal", &QueryProposalRequest { proposal_id }).await?;
        let proposal = answer.proposal.unwrap_or_default();
        match proposal.status() {
            ProposalStatus::Passed => return Ok(()),
            ProposalStatus::DepositPeriod | ProposalStatus::VotingPeriod if began.elapsed() < PATIENCE => {}
            status => {
                let words = format!("proposal {proposal_id}: {}", status.as_str_name());
                return Err(Failure::new("not_pinned", words));
            }
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

/// The address of the chain's governance module.
fn governance_module(prefix: &str) -> Result<String, Failure> {
    let invalid = |error: &dyn core::fmt::Display| Failure::new("invalid_address", error);
    let prefix = Hrp::parse(prefix).map_err(|error| invalid(&error))?;
    let hash = digest(b"gov");
    let (address, _) = hash.split_at(20);
    bech32::encode::<Bech32>(prefix, address).map_err(|error| invalid(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_governance_module_is_where_every_chain_of_the_family_has_it() {
        assert_eq!(governance_module("cosmos").unwrap(), "cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn");
    }
}
