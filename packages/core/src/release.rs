//! Releases of a contract, and whose storage a release takes over (clause 8.2).

use thiserror::Error;

/// A release of a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// The contract's name, as its storage records it.
    pub contract: &'static str,
    /// Its version, `major.minor.patch`.
    pub version: &'static str,
    /// The earliest version whose storage it reads.
    pub oldest: &'static str,
}

/// Why a release leaves a storage alone.
#[derive(Error, Clone, Debug, PartialEq, Eq)]
pub enum MigrationError {
    /// The storage is another contract's, or nobody's.
    #[error("wrong_contract: the storage is of {found}, this code is of {expected} (8.2)")]
    WrongContract {
        /// Whose it is.
        found: String,
        /// Whose it must be.
        expected: &'static str,
    },
    /// The storage was left by a later release than this, or by one too early to be read.
    #[error("wrong_version: the storage is of version {found}, this code takes over {oldest} to {newest} (8.2)")]
    WrongVersion {
        /// Its version.
        found: String,
        /// The earliest that does.
        oldest: &'static str,
        /// The latest that does: the release's own.
        newest: &'static str,
    },
}

impl Release {
    /// The version that left a storage, if the release takes it over: its own contract's, of a version from the oldest it
    /// reads up to its own. `record` is what the storage says of itself, `{"contract":"…","version":"…"}` as every release
    /// writes it; it is compared as it stands, for reading JSON costs a contract more bytes than all the rest of this.
    ///
    /// # Errors
    /// [`MigrationError`]; a text that is no version is of none.
    pub fn takes_over<'a>(&self, record: &'a str) -> Result<&'a str, MigrationError> {
        let Self { contract: expected, version: newest, oldest } = *self;
        let own = || record.strip_prefix("{\"contract\":\"")?.strip_prefix(expected)?.strip_prefix("\",\"version\":\"");
        let Some(version) = own().and_then(|rest| rest.strip_suffix("\"}")) else {
            return Err(MigrationError::WrongContract { found: record.to_string(), expected });
        };
        let found = parts(version);
        if found.is_some() && (parts(oldest)..=parts(newest)).contains(&found) {
            return Ok(version);
        }
        Err(MigrationError::WrongVersion { found: version.to_string(), oldest, newest })
    }
}

/// The three numbers of `1.2.3`; none if it is not written so.
fn parts(version: &str) -> Option<[u32; 3]> {
    let mut numbers = version.split('.').map(|part| part.parse().ok());
    let parts = [numbers.next()??, numbers.next()??, numbers.next()??];
    numbers.next().is_none().then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RELEASE: Release = Release { contract: "tokfut-vault", version: "1.10.2", oldest: "1.9.0" };

    fn record(contract: &str, version: &str) -> String {
        format!("{{\"contract\":\"{contract}\",\"version\":\"{version}\"}}")
    }

    #[test]
    fn a_release_takes_over_its_own_storage_from_the_oldest_it_reads_to_its_own_version() {
        for version in ["1.9.0", "1.9.10", "1.10.0", "1.10.2"] {
            assert_eq!(RELEASE.takes_over(&record("tokfut-vault", version)), Ok(version));
        }
        for version in ["1.8.99", "1.10.3", "1.11.0", "2.0.0", "0.10.2", "", "1.10", "1.10.2.0", "1.10.x", "v1.10.2"] {
            let refused =
                MigrationError::WrongVersion { found: version.to_string(), oldest: "1.9.0", newest: "1.10.2" };
            assert_eq!(RELEASE.takes_over(&record("tokfut-vault", version)), Err(refused), "{version}");
        }
    }

    #[test]
    fn another_contracts_storage_is_left_alone() {
        let others = ["tokfut-market", "tokfut-vault2", "tokfut-vaul", ""].map(|contract| record(contract, "1.10.2"));
        for found in others.into_iter().chain(["", "{}", "nothing"].map(ToString::to_string)) {
            let refused = MigrationError::WrongContract { found: found.clone(), expected: "tokfut-vault" };
            assert_eq!(RELEASE.takes_over(&found), Err(refused));
        }
    }

    #[test]
    fn the_numbers_stand_in_the_words() {
        let words = |found: &str| RELEASE.takes_over(found).unwrap_err().to_string();
        let expected = "wrong_version: the storage is of version 1.10.3, this code takes over 1.9.0 to 1.10.2 (8.2)";
        assert_eq!(words(&record("tokfut-vault", "1.10.3")), expected);
        assert_eq!(words("x"), "wrong_contract: the storage is of x, this code is of tokfut-vault (8.2)");
    }
}
