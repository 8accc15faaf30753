//! The panel: how many publishers may lie, how many must speak, and the digest of their keys (clauses 7.2, 7.4).

use serde::{Deserialize, Serialize};

use super::{FixingError, digest};

/// The smallest panel: one liar among four.
pub const MIN_PANEL: usize = 4;
/// The largest panel: all of it fits one message.
pub const MAX_PANEL: usize = 31;
/// What the digest of a panel begins with.
const SET_TAG: &[u8; 16] = b"TOKFUT/FIX/SET/1";
/// The scheme byte of secp256k1 over SHA-256. 2 is kept for ed25519.
const SECP256K1: u8 = 1;

/// The number of publishers n, 4 to 31.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PanelSize(usize);

impl PanelSize {
    /// A panel of `size`, 4 to 31.
    pub const fn new(size: usize) -> Result<Self, FixingError> {
        if size < MIN_PANEL || size > MAX_PANEL { Err(FixingError::Panel { size }) } else { Ok(Self(size)) }
    }

    /// n.
    pub const fn publishers(self) -> usize {
        self.0
    }

    /// f = ⌊(n − 1)/3⌋: how many may lie without moving the fixing beyond the honest values.
    pub fn faulty(self) -> usize {
        self.0.saturating_sub(1).checked_div(3).unwrap_or(0)
    }

    /// 2f + 1: the values that make a quorum; among them honest ones are the majority.
    pub fn min_obs(self) -> usize {
        self.faulty().saturating_mul(2).saturating_add(1)
    }

    /// n − f: how many must agree with the median before a jump is believed (clause 7.5).
    pub fn agreeing(self) -> usize {
        self.0.saturating_sub(self.faulty())
    }
}

/// A publisher's compressed secp256k1 public key: 0x02 or 0x03, then x.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublisherKey {
    parity: u8,
    x: [u8; 32],
}

impl PublisherKey {
    /// The key of the publisher at `publisher`: 33 bytes of compressed form. Whether x is on the curve is for whoever
    /// can verify signatures to try.
    pub fn parse(publisher: u16, bytes: &[u8]) -> Result<Self, FixingError> {
        let parse = || {
            let (parity, x) = bytes.split_first()?;
            matches!(parity, 2 | 3).then_some(Self { parity: *parity, x: x.try_into().ok()? })
        };
        parse().ok_or(FixingError::PublisherKey { publisher })
    }

    /// Its 33 bytes.
    pub fn bytes(&self) -> Vec<u8> {
        [&[self.parity][..], &self.x].concat()
    }
}

/// What stands for the panel in the signed bytes, so that a signature is worth nothing once the panel has changed:
/// SHA-256 of `"TOKFUT/FIX/SET/1"` (16 bytes) | n (u16, big-endian) | n × (scheme byte, 1 | key, 33 bytes), in order
/// of index.
pub fn set_digest(keys: &[PublisherKey]) -> Result<[u8; 32], FixingError> {
    let size = u16::try_from(keys.len()).map_err(|_| FixingError::Panel { size: keys.len() })?;
    let mut bytes = [&SET_TAG[..], &size.to_be_bytes()].concat();
    for key in keys {
        bytes.push(SECP256K1);
        bytes.extend(key.bytes());
    }
    Ok(digest(&bytes))
}
