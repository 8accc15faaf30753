//! Keys: from a mnemonic, or of test users whom everybody knows.

use core::fmt;

use bech32::{Bech32, Hrp};
use k256::ecdsa::signature::hazmat::PrehashSigner;
use k256::ecdsa::{Signature, SigningKey};
use ripemd::{Digest, Ripemd160};
use tokfut_core::fixing::digest;
use tokfut_scenario::Failure;

/// Where wallets of this family of chains keep their first key.
const PATH: &str = "m/44'/118'/0'/0/0";

/// A secp256k1 key. Its `Debug` shows nothing of it.
#[derive(Clone)]
pub struct Key(SigningKey);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

impl Key {
    /// The first key of a BIP-39 mnemonic of 12 to 24 words, as wallets derive it.
    ///
    /// # Errors
    /// `invalid_mnemonic`, without the words.
    pub fn from_mnemonic(words: &str) -> Result<Self, Failure> {
        let invalid = |error: &dyn fmt::Display| Failure::new("invalid_mnemonic", error);
        let mnemonic = bip39::Mnemonic::parse(words).map_err(|error| invalid(&error))?;
        let path = PATH.parse().map_err(|error: bip32::Error| invalid(&error))?;
        let key = bip32::XPrv::derive_from_path(mnemonic.to_seed(""), &path).map_err(|error| invalid(&error))?;
        Ok(Self(key.private_key().clone()))
    }

    /// The mnemonic of the test user of this name: its entropy is the SHA-256 of `tokfut test user NAME`, so everybody
    /// has it. Never to be used where money is real.
    pub fn test_mnemonic(name: &str) -> Result<String, Failure> {
        let entropy = digest(format!("tokfut test user {name}").as_bytes());
        let mnemonic = bip39::Mnemonic::from_entropy(&entropy);
        Ok(mnemonic.map_err(|error| Failure::new("invalid_mnemonic", error))?.to_string())
    }

    /// The key of the test user of this name.
    pub fn test(name: &str) -> Result<Self, Failure> {
        Self::from_mnemonic(&Self::test_mnemonic(name)?)
    }

    /// The compressed public key.
    pub fn public(&self) -> Vec<u8> {
        self.0.verifying_key().to_encoded_point(true).as_bytes().to_vec()
    }

    /// The address on chains whose addresses begin with `prefix`.
    pub fn address(&self, prefix: &str) -> Result<String, Failure> {
        let invalid = |error: &dyn fmt::Display| Failure::new("invalid_address", error);
        let prefix = Hrp::parse(prefix).map_err(|error| invalid(&error))?;
        let hash = Ripemd160::digest(digest(&self.public()));
        bech32::encode::<Bech32>(prefix, &hash).map_err(|error| invalid(&error))
    }

    /// The signature over the SHA-256 of `bytes`: 64 bytes, low s.
    pub fn sign(&self, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
        let signature: Signature =
            self.0.sign_prehash(&digest(bytes)).map_err(|error| Failure::new("signing", error))?;
        Ok(signature.normalize_s().unwrap_or(signature).to_vec())
    }
}

/// The bytes behind an address.
///
/// # Errors
/// `invalid_address`.
pub fn canonical(address: &str) -> Result<Vec<u8>, Failure> {
    let decoded = bech32::decode(address);
    decoded.map(|(_, bytes)| bytes).map_err(|error| Failure::new("invalid_address", format!("{address:?}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mnemonic_gives_the_address_that_wallets_show() {
        let words = "notice oak worry limit wrap speak medal online prefer cluster roof addict wrist behave treat actual \
                     wasp year salad speed social layer crew genius";
        let key = Key::from_mnemonic(words).unwrap();
        assert_eq!(key.address("cosmos").unwrap(), "cosmos1cyyzpxplxdzkeea7kwsydadg87357qnalx9dqz");
        assert_eq!(canonical(&key.address("wasm").unwrap()).unwrap().len(), 20);
    }

    #[test]
    fn a_wrong_mnemonic_is_refused_without_its_words() {
        let failure = Key::from_mnemonic("notice oak worry").unwrap_err();
        assert_eq!(failure.code, "invalid_mnemonic");
        assert!(!failure.message.contains("notice"));
        assert!(!format!("{:?}", Key::test("alice").unwrap()).contains("SigningKey"));
    }

    #[test]
    fn test_users_differ_and_stay_the_same() {
        let address = |name: &str| Key::test(name).unwrap().address("wasm").unwrap();
        assert_eq!(address("alice"), address("alice"));
        assert_ne!(address("alice"), address("bob"));
        assert_eq!(Key::test_mnemonic("alice").unwrap().split(' ').count(), 24);
    }
}
