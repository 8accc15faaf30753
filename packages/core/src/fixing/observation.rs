//! The bytes a publisher signs: 224, fixed width, big-endian (clause 7.2). `data/fixing-vector.json` is their test
//! vector.

use sha2::{Digest, Sha256};

use super::FixingError;
use crate::money::Overflow;
use crate::time::Time;

/// The length of the signed bytes.
pub const PREIMAGE_LEN: usize = 224;
/// The length of a signature: r and s, 32 bytes each.
pub const SIGNATURE_LEN: usize = 64;
/// What the signed bytes begin with.
const OBSERVATION_TAG: &[u8; 16] = b"TOKFUT/FIX/OBS/1";
/// What the domain is made from begins with.
const DOMAIN_TAG: &[u8] = b"TOKFUT/DOMAIN/1";
/// The status byte of a value.
const STATUS_VALUE: u8 = 1;
/// The status byte of "unavailable".
const STATUS_UNAVAILABLE: u8 = 2;

/// Half the order of secp256k1, rounded down: the largest s that is accepted.
pub const HALF_ORDER: [u8; 32] = [
    0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x5d, 0x57, 0x6e,
    0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
];

/// What the contract knows of an observation by itself; no message claims it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The signing domain, see [`domain`].
    pub domain: [u8; 32],
    /// The panel, see [`super::set_digest`].
    pub set_digest: [u8; 32],
    /// SHA-256 of the methodology in force.
    pub methodology_hash: [u8; 32],
    /// The feed.
    pub feed: u32,
    /// The round.
    pub round: u64,
    /// When it fixes.
    pub fixing_time: Time,
    /// 0, or the number of the restatement.
    pub revision: u16,
    /// Digits after the point of the feed's values.
    pub decimals: u8,
}

/// What a publisher says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observation {
    /// The publisher's index in the panel.
    pub publisher: u16,
    /// The value in the feed's units, at least 1; none: unavailable.
    pub value: Option<u128>,
    /// Its own measure of spread.
    pub dispersion: u128,
    /// Unix milliseconds.
    pub observed_at: u64,
    /// How many constituent quotes went in.
    pub input_count: u32,
    /// Merkle root over them.
    pub inputs_root: [u8; 32],
}

impl Frame {
    /// The 224 bytes that the publisher signs the SHA-256 of.
    pub fn preimage(&self, observation: &Observation) -> Vec<u8> {
        let status = if observation.value.is_some() { STATUS_VALUE } else { STATUS_UNAVAILABLE };
        [
            &OBSERVATION_TAG[..],
            &self.domain,
            &self.set_digest,
            &self.methodology_hash,
            &self.feed.to_be_bytes(),
            &self.round.to_be_bytes(),
            &self.fixing_time.seconds().to_be_bytes(),
            &self.revision.to_be_bytes(),
            &observation.publisher.to_be_bytes(),
            &[status, self.decimals],
            &[0; 6],
            &observation.value.unwrap_or(0).to_be_bytes(),
            &observation.dispersion.to_be_bytes(),
            &observation.observed_at.to_be_bytes(),
            &observation.input_count.to_be_bytes(),
            &[0; 4],
            &observation.inputs_root,
        ]
        .concat()
    }
}

/// SHA-256.
pub fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The signing domain: SHA-256 of `"TOKFUT/DOMAIN/1"` | u16 length | chain id | u16 length | canonical address.
pub fn domain(chain_id: &str, contract: &[u8]) -> Result<[u8; 32], Overflow> {
    let length = |bytes: &[u8]| u16::try_from(bytes.len()).map(u16::to_be_bytes).map_err(|_| Overflow("domain"));
    let chain = chain_id.as_bytes();
    Ok(digest(&[DOMAIN_TAG, &length(chain)?, chain, &length(contract)?, contract].concat()))
}

/// Refuses a signature r | s whose s is above half the order of secp256k1.
pub(super) fn check_low_s(signature: &[u8]) -> Result<(), FixingError> {
    let high = signature.split_at_checked(32).is_none_or(|(_, s)| s > &HALF_ORDER[..]);
    if high { Err(FixingError::HighS) } else { Ok(()) }
}
