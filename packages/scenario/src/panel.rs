//! The reference panel: publishers with fixed keys who sign whatever a test or a demo has them observe (clause 7.2).

use cosmwasm_std::HexBinary;
use k256::ecdsa::signature::hazmat::PrehashSigner;
use k256::ecdsa::{Signature, SigningKey};
use tokfut_api::oracle::Publisher;
use tokfut_core::fixing::{Scheme, digest};

use crate::failure::Failure;

/// Publishers with keys that everybody knows: the SHA-256 of `tokfut reference publisher N`, N from 1. Never to be
/// used where money is real.
#[derive(Clone)]
pub struct Panel {
    keys: Vec<SigningKey>,
}

impl Panel {
    /// The first `size` reference publishers.
    pub fn reference(size: u16) -> Result<Self, Failure> {
        let key = |number: u32| {
            let secret = digest(format!("tokfut reference publisher {number}").as_bytes());
            SigningKey::from_slice(&secret).map_err(|error| Failure::new("invalid_world", error))
        };
        let keys = (1..=u32::from(size)).map(key).collect::<Result<_, _>>()?;
        Ok(Self { keys })
    }

    /// Names and compressed public keys, in order of index.
    pub fn publishers(&self) -> Vec<Publisher> {
        let publisher = |(number, key): (u32, &SigningKey)| {
            let point = key.verifying_key().to_encoded_point(true);
            let key = HexBinary::from(point.as_bytes());
            Publisher { name: format!("publisher-{number}"), scheme: Scheme::Secp256k1, key }
        };
        (1..).zip(&self.keys).map(publisher).collect()
    }

    /// How many they are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// True for a panel of nobody.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The signature of the publisher at `index` over the SHA-256 of `preimage`: 64 bytes, RFC 6979, low s.
    pub fn sign(&self, index: u16, preimage: &[u8]) -> Result<HexBinary, Failure> {
        let unknown =
            || Failure::new("unknown_publisher", format!("publisher {index} of a panel of {}", self.keys.len()));
        let key = self.keys.get(usize::from(index)).ok_or_else(unknown)?;
        sign(key, preimage)
    }
}

fn sign(key: &SigningKey, preimage: &[u8]) -> Result<HexBinary, Failure> {
    let signature: Signature = key.sign_prehash(&digest(preimage)).map_err(|error| Failure::new("signing", error))?;
    let signature = signature.normalize_s().unwrap_or(signature);
    Ok(HexBinary::from(signature.to_vec()))
}

/// SHA-256 of a text.
pub fn sha256(text: &str) -> HexBinary {
    HexBinary::from(digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_published_vectors() {
        let preimage = concat!(
            "544f4b4655542f4649582f4f42532f3117b73e8dcc4b45f18aac20ae39ea11a348de2bafca867c980191a59759d4630d2222",
            "2222222222222222222222222222222222222222222222222222222222223333333333333333333333333333333333333333",
            "33333333333333333333333300000001000000000000002a000000006b0292f0000000030109000000000000000000000000",
            "0000000000008bd03835000000000000000000000000000f4240000001a2020e29b90000001b000000004444444444444444",
            "444444444444444444444444444444444444444444444444",
        );
        let preimage = HexBinary::from_hex(preimage).unwrap();
        let mut secret = [0u8; 32];
        secret[31] = 0x2a;
        let key = SigningKey::from_slice(&secret).unwrap();
        assert_eq!(preimage.len(), 224);
        let sha = "f64a630fcf670c92e9635a80314d48b5fbc2532a27222301f9454824c1f9fda3";
        assert_eq!(HexBinary::from(digest(&preimage)).to_hex(), sha);
        let signature = concat!(
            "e303b705c6b65fbb6b230cad276875b668c1c5920ebed14472cb50a975429e32",
            "65562a29923f565fb3edba1ffc851fbc9a4c9aa7b754dea5498204a781e55380",
        );
        assert_eq!(sign(&key, &preimage).unwrap().to_hex(), signature);
    }

    #[test]
    fn the_reference_publishers_are_named_from_one_and_differ() {
        let panel = Panel::reference(7).unwrap();
        let publishers = panel.publishers();
        assert_eq!((publishers[0].name.as_str(), publishers[6].name.as_str()), ("publisher-1", "publisher-7"));
        assert!(publishers.iter().all(|publisher| publisher.key.len() == 33));
        assert_eq!(publishers.iter().filter(|other| other.key == publishers[0].key).count(), 1);
        assert_eq!(panel.sign(7, b"").unwrap_err().code, "unknown_publisher");
    }
}
