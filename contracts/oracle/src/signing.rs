//! What a publisher has signed: the message's part, the contract's part, and whether the signature is his.

use cosmwasm_std::{Api, Deps, Env};
use tokfut_api::oracle::{Observation, ObservationStatus};
use tokfut_core::fixing::Observation as Signed;
use tokfut_core::fixing::{FixingError, Frame, PublisherKey, digest, domain};

use crate::error::{ContractError, Refusal};
use crate::listing::hash;
use crate::state::feed::Feed;
use crate::state::version::{Panel, Terms};

/// The two revisions of a round: first answers, and the restatement.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Revision {
    /// 0.
    First,
    /// 1.
    Restatement,
}

impl Revision {
    /// From the wire.
    pub const fn parse(revision: u16) -> Result<Self, FixingError> {
        match revision {
            0 => Ok(Self::First),
            1 => Ok(Self::Restatement),
            _ => Err(FixingError::Revision { revision }),
        }
    }

    /// As it is signed.
    pub const fn number(self) -> u16 {
        match self {
            Self::First => 0,
            Self::Restatement => 1,
        }
    }
}

/// The key of a publisher of this panel.
pub fn key(panel: &Panel, publisher: u16) -> Result<&PublisherKey, FixingError> {
    let size = panel.keys.len();
    panel.keys.get(usize::from(publisher)).ok_or(FixingError::UnknownPublisher { publisher, size })
}

/// What the message says, as it is signed.
pub fn observed(observation: &Observation) -> Result<Signed, ContractError> {
    let Observation { publisher, status, value, dispersion, observed_at, input_count, inputs_root, signature: _ } =
        observation;
    let value = match (status, value.u128()) {
        (ObservationStatus::Value, value) => Some(value),
        (ObservationStatus::Unavailable, 0) => None,
        (ObservationStatus::Unavailable, value) => {
            return Err(Refusal::UnavailableWithValue { publisher: *publisher, value }.into());
        }
    };
    Ok(Signed {
        publisher: *publisher,
        value,
        dispersion: dispersion.u128(),
        observed_at: observed_at.u64(),
        input_count: *input_count,
        inputs_root: hash("inputs_root", inputs_root)?,
    })
}

/// What the contract knows of every observation of a round. The domain is made anew each time: a chain that forks off
/// under another name does not take the signatures of this one.
pub fn frame(
    deps: Deps,
    env: &Env,
    (id, feed, terms): (u32, &Feed, &Terms),
    round: u64,
    revision: Revision,
) -> Result<Frame, ContractError> {
    let contract = deps.api.addr_canonicalize(env.contract.address.as_str())?;
    Ok(Frame {
        domain: domain(&env.block.chain_id, &contract).map_err(FixingError::from)?,
        set_digest: terms.panel.digest,
        methodology_hash: terms.methodology.hash,
        feed: id,
        round,
        fixing_time: feed.clock.fixing_time(round)?,
        revision: revision.number(),
        decimals: feed.decimals,
    })
}

/// Refuses a signature that is not the publisher's over these bytes. Its form has been checked.
pub fn verify(
    api: &dyn Api,
    key: &PublisherKey,
    frame: &Frame,
    observed: &Signed,
    signature: &[u8],
) -> Result<(), ContractError> {
    let preimage = frame.preimage(observed);
    let verified = match key {
        PublisherKey::Secp256k1 { .. } => api.secp256k1_verify(&digest(&preimage), signature, &key.bytes()),
        PublisherKey::Ed25519(key) => api.ed25519_verify(&preimage, signature, key),
    };
    match verified {
        Ok(true) => Ok(()),
        // An error is a signature of numbers out of range: no better than a wrong one.
        Ok(false) | Err(_) => Err(Refusal::BadSignature { publisher: observed.publisher, round: frame.round }.into()),
    }
}
