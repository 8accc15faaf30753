//! The panel: how many publishers may lie, how many must speak, and the digest of their keys (clauses 7.2, 7.4).

use serde::{Deserialize, Serialize};

use super::{FixingError, SIGNATURE_LEN, check_low_s, digest};

/// The smallest panel: one liar among four.
pub const MIN_PANEL: usize = 4;
/// The largest panel: all of it fits one message.
pub const MAX_PANEL: usize = 31;
/// What the digest of a panel begins with.
const SET_TAG: &[u8; 16] = b"TOKFUT/FIX/SET/1";

/// The number of publishers n, 4 to 31. A jailed publisher is still one of the n: it counts among the f that may be
/// faulty, so that nobody's jailing makes the rest's quorum smaller. With more than f jailed there is no quorum until
/// the panel is rotated.
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

    /// n − f: how many must agree with the median before a jump is believed (clause 7.5), and must sign a restatement
    /// (clause 7.8). The honest ones can always supply it, and are the majority of it.
    pub fn super_obs(self) -> usize {
        self.0.saturating_sub(self.faulty())
    }
}

/// How a publisher signs.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// ECDSA on secp256k1 over the SHA-256 of the signed bytes; 64 bytes r | s, low s. Scheme byte 1.
    #[default]
    Secp256k1,
    /// Ed25519 over the signed bytes as they stand; 64 bytes R | s. Scheme byte 2.
    Ed25519,
}

impl Scheme {
    /// What stands for it in the digest of a panel.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Secp256k1 => 1,
            Self::Ed25519 => 2,
        }
    }
}

/// A publisher's public key.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublisherKey {
    /// Compressed: 0x02 or 0x03, then x.
    Secp256k1 {
        /// 0x02 or 0x03.
        parity: u8,
        /// Big-endian.
        x: [u8; 32],
    },
    /// As RFC 8032 encodes it.
    Ed25519([u8; 32]),
}

impl PublisherKey {
    /// The key of the publisher at `publisher`: 33 bytes of compressed secp256k1, or 32 of Ed25519. Whether it is a
    /// point of the curve is for whoever can verify signatures to try.
    pub fn parse(publisher: u16, scheme: Scheme, bytes: &[u8]) -> Result<Self, FixingError> {
        let parse = || match scheme {
            Scheme::Secp256k1 => {
                let (parity, x) = bytes.split_first()?;
                let x = x.try_into().ok()?;
                matches!(parity, 2 | 3).then_some(Self::Secp256k1 { parity: *parity, x })
            }
            Scheme::Ed25519 => bytes.try_into().ok().map(Self::Ed25519),
        };
        parse().ok_or(FixingError::PublisherKey { publisher, scheme })
    }

    /// How it signs.
    pub const fn scheme(&self) -> Scheme {
        match self {
            Self::Secp256k1 { .. } => Scheme::Secp256k1,
            Self::Ed25519(_) => Scheme::Ed25519,
        }
    }

    /// Its 33 or 32 bytes.
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Secp256k1 { parity, x } => [&[*parity][..], x].concat(),
            Self::Ed25519(key) => key.to_vec(),
        }
    }

    /// Scheme byte, then key.
    fn tagged(&self) -> Vec<u8> {
        [&[self.scheme().byte()][..], &self.bytes()].concat()
    }

    /// What it is known by whatever panel it sits in: SHA-256 of the scheme byte and the key.
    pub fn identity(&self) -> [u8; 32] {
        digest(&self.tagged())
    }

    /// What it signs of the 224 bytes: their SHA-256, or the bytes as they stand.
    pub fn message(&self, preimage: &[u8]) -> Vec<u8> {
        match self {
            Self::Secp256k1 { .. } => digest(preimage).to_vec(),
            Self::Ed25519(_) => preimage.to_vec(),
        }
    }

    /// Refuses a signature that is not 64 bytes, or a secp256k1 one whose s is above half the order: verification alone
    /// accepts both forms of one signature. Ed25519's verification refuses an s that is not below the order by itself.
    pub fn check_signature(&self, signature: &[u8]) -> Result<(), FixingError> {
        if signature.len() != SIGNATURE_LEN {
            return Err(FixingError::SignatureLength { length: signature.len() });
        }
        match self {
            Self::Secp256k1 { .. } => check_low_s(signature),
            Self::Ed25519(_) => Ok(()),
        }
    }
}

/// What stands for the panel in the signed bytes, so that a signature is worth nothing once the panel has changed:
/// SHA-256 of `"TOKFUT/FIX/SET/1"` (16 bytes) | n (u16, big-endian) | n × (scheme byte | key, 33 or 32 bytes), in order
/// of index.
pub fn set_digest(keys: &[PublisherKey]) -> Result<[u8; 32], FixingError> {
    let size = u16::try_from(keys.len()).map_err(|_| FixingError::Panel { size: keys.len() })?;
    let mut bytes = [&SET_TAG[..], &size.to_be_bytes()].concat();
    keys.iter().for_each(|key| bytes.extend(key.tagged()));
    Ok(digest(&bytes))
}
