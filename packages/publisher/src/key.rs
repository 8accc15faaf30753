//! Secret keys: from a file that nobody else can read, or from the environment; never from a command line, never shown.

use std::fs;
use std::path::Path;

use k256::ecdsa;
use k256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use tokfut_core::fixing::{PublisherKey, Scheme, digest};
use zeroize::Zeroizing;

use crate::Error;

/// Where the environment may hold a key, in the form of a key file.
pub const KEY_VARIABLE: &str = "TOKFUT_PUBLISHER_KEY";
/// What stands before an Ed25519 key.
const ED25519: &str = "ed25519:";
/// What a key is to look like.
const FORM: &str = "is not 64 hexadecimal digits, with \"ed25519:\" before them for that scheme";

/// A publisher's secret key. It has no form in which it could be printed.
pub struct Key(Secret);

enum Secret {
    Secp256k1(ecdsa::SigningKey),
    Ed25519(Box<ed25519_zebra::SigningKey>),
}

impl Key {
    /// Reads a key file: 64 hexadecimal digits for secp256k1, `ed25519:` before them for Ed25519. On Unix nobody but
    /// its owner may have any access to it.
    pub fn load(path: &Path) -> Result<Self, Error> {
        check_permissions(path)?;
        let text = Zeroizing::new(fs::read_to_string(path).map_err(Error::file(path))?);
        Self::parse(&text).ok_or_else(|| Error::Key(format!("what is in {} {FORM}", path.display())))
    }

    /// The key in the environment.
    pub fn from_environment() -> Result<Self, Error> {
        let text = std::env::var(KEY_VARIABLE).map(Zeroizing::new);
        let text = text.map_err(|_| Error::Key(format!("no key file is given and {KEY_VARIABLE} is not set")))?;
        Self::parse(&text).ok_or_else(|| Error::Key(format!("what is in {KEY_VARIABLE} {FORM}")))
    }

    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let mut bytes = Zeroizing::new([0_u8; 32]);
        hex::decode_to_slice(text.strip_prefix(ED25519).unwrap_or(text), bytes.as_mut_slice()).ok()?;
        if text.starts_with(ED25519) {
            return Some(Self(Secret::Ed25519(Box::new(ed25519_zebra::SigningKey::from(*bytes)))));
        }
        ecdsa::SigningKey::from_slice(bytes.as_slice()).ok().map(|key| Self(Secret::Secp256k1(key)))
    }

    /// Its public key: 33 bytes of compressed secp256k1, or 32 of Ed25519.
    pub fn public(&self) -> Vec<u8> {
        match &self.0 {
            Secret::Secp256k1(key) => key.verifying_key().to_encoded_point(true).as_bytes().to_vec(),
            Secret::Ed25519(key) => <[u8; 32]>::from(ed25519_zebra::VerificationKey::from(&**key)).to_vec(),
        }
    }

    /// How it signs.
    pub const fn scheme(&self) -> Scheme {
        match &self.0 {
            Secret::Secp256k1(_) => Scheme::Secp256k1,
            Secret::Ed25519(_) => Scheme::Ed25519,
        }
    }

    /// 64 bytes over a preimage: ECDSA over its SHA-256, RFC 6979, low s; Ed25519 over the preimage as it stands. The
    /// same every time.
    pub fn sign(&self, preimage: &[u8]) -> Result<Vec<u8>, Error> {
        match &self.0 {
            Secret::Secp256k1(key) => {
                let signature: ecdsa::Signature =
                    key.sign_prehash(&digest(preimage)).map_err(|error| Error::Key(error.to_string()))?;
                Ok(signature.normalize_s().unwrap_or(signature).to_bytes().to_vec())
            }
            Secret::Ed25519(key) => Ok(key.sign(preimage).to_bytes().to_vec()),
        }
    }
}

/// Whether a signature over a preimage is that of a publisher's key.
pub fn verifies(scheme: Scheme, public: &[u8], preimage: &[u8], signature: &[u8]) -> bool {
    let verify = || {
        let key = PublisherKey::parse(0, scheme, public).ok()?;
        key.check_signature(signature).ok()?;
        let message = key.message(preimage);
        match scheme {
            Scheme::Secp256k1 => {
                let signature = ecdsa::Signature::from_slice(signature).ok()?;
                ecdsa::VerifyingKey::from_sec1_bytes(public).ok()?.verify_prehash(&message, &signature).ok()
            }
            Scheme::Ed25519 => {
                let signature = ed25519_zebra::Signature::try_from(signature).ok()?;
                ed25519_zebra::VerificationKey::try_from(public).ok()?.verify(&signature, &message).ok()
            }
        }
    };
    verify().is_some()
}

#[cfg(unix)]
fn check_permissions(path: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).map_err(Error::file(path))?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let (path, mode) = (path.display(), mode & 0o777);
    Err(Error::Key(format!("{path} has mode {mode:03o}: others have access to it. Say: chmod 600 {path}")))
}

#[cfg(not(unix))]
fn check_permissions(_: &Path) -> Result<(), Error> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "000000000000000000000000000000000000000000000000000000000000002a";

    #[test]
    fn both_schemes_sign_what_they_verify_and_nothing_else() {
        for (text, scheme) in
            [(SECRET.to_string(), Scheme::Secp256k1), (format!("ed25519:{SECRET}\n"), Scheme::Ed25519)]
        {
            let key = Key::parse(&text).unwrap();
            assert_eq!(key.scheme(), scheme);
            let verifies = |preimage: &[u8], signature: &[u8]| verifies(scheme, &key.public(), preimage, signature);
            let signature = key.sign(b"said").unwrap();
            assert_eq!(signature.len(), 64);
            assert_eq!(key.sign(b"said").unwrap(), signature, "the same every time");
            assert!(verifies(b"said", &signature));
            assert!(!verifies(b"sand", &signature));
            assert!(!verifies(b"said", &signature[1..]));
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for bad in ["", "2a", &SECRET[1..], "ed25519:2a", &"0".repeat(64), &"f".repeat(64), &"g".repeat(64)] {
            assert!(Key::parse(bad).is_none(), "{bad}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_key_file_that_others_can_read_is_refused_without_showing_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, SECRET).unwrap();
        for (mode, taken) in
            [(0o600, true), (0o400, true), (0o640, false), (0o604, false), (0o620, false), (0o601, false)]
        {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(Key::load(&path).is_ok(), taken, "{mode:o}");
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, format!("{SECRET}2a")).unwrap();
        let error = Key::load(&path).err().unwrap().to_string();
        assert!(error.starts_with("key_refused: ") && !error.contains("2a"), "{error}");
    }
}
