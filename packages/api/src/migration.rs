//! Migration: new code over the storage of an earlier release (clause 8.2). The same for each of the three contracts.

use cosmwasm_std::{Response, StdError, Storage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokfut_core::release::{MigrationError, Release};

use crate::event::EventLog;

/// Puts new code over a contract's storage, by the chain's admin of the contract alone.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct MigrateMsg {}

crate::events! {
    /// A contract's code was changed.
    Migrated = "tf_migrated" {
        /// The contract's name.
        contract: String,
        /// The version that left the storage.
        from: String,
        /// The version of the code that took it over.
        to: String,
    }
}

/// Writes the name and the version of a release that begins.
///
/// # Errors
/// None but the chain's.
pub fn begin(storage: &mut dyn Storage, release: &Release) -> Result<(), StdError> {
    cw2::set_contract_version(storage, release.contract, release.version)
}

/// Takes the storage over for the release: the version is written, all else stays. The same version again is no error.
///
/// # Errors
/// `wrong_contract` and `wrong_version`.
pub fn migrate<E>(storage: &mut dyn Storage, release: &Release) -> Result<Response, E>
where
    E: From<StdError> + From<MigrationError>,
{
    let record = storage.get(cw2::CONTRACT.as_slice()).and_then(|record| String::from_utf8(record).ok());
    let from = release.takes_over(record.as_deref().unwrap_or("nobody"))?.to_string();
    begin(storage, release)?;
    let mut log = EventLog::default();
    log.push(Migrated { contract: release.contract.to_string(), from, to: release.version.to_string() });
    Ok(Response::new().add_events(log.into_events()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::TypedEvent;
    use cosmwasm_std::testing::MockStorage;
    use cosmwasm_std::{Order, Record};
    use thiserror::Error;

    const FIRST: Release = Release { contract: "tokfut-vault", version: "1.0.0", oldest: "1.0.0" };
    const SECOND: Release = Release { contract: "tokfut-vault", version: "1.1.0", oldest: "1.0.0" };

    #[derive(Error, Debug)]
    enum Refused {
        #[error(transparent)]
        Std(#[from] StdError),
        #[error(transparent)]
        Migration(#[from] MigrationError),
    }

    fn take_over(storage: &mut MockStorage, release: &Release) -> Result<Response, String> {
        migrate::<Refused>(storage, release).map_err(|refused| refused.to_string())
    }

    fn records(storage: &MockStorage) -> Vec<Record> {
        storage.range(None, None, Order::Ascending).collect()
    }

    #[test]
    fn the_version_is_written_and_all_else_stays() {
        let mut storage = MockStorage::new();
        storage.set(b"a", b"1");
        storage.set(b"z", b"2");
        begin(&mut storage, &FIRST).unwrap();
        for from in ["1.0.0", "1.1.0"] {
            let response = take_over(&mut storage, &SECOND).unwrap();
            let told =
                Migrated { contract: "tokfut-vault".to_string(), from: from.to_string(), to: "1.1.0".to_string() };
            assert_eq!(response.events, [told.into_event(0)]);
            let stored = br#"{"contract":"tokfut-vault","version":"1.1.0"}"#;
            let expected: [(&[u8], &[u8]); 3] = [(b"a", b"1"), (b"contract_info", stored), (b"z", b"2")];
            assert_eq!(records(&storage), expected.map(|(key, value)| (key.to_vec(), value.to_vec())));
        }
    }

    #[test]
    fn what_is_refused_is_left_as_it_was() {
        let mut empty = MockStorage::new();
        assert!(take_over(&mut empty, &FIRST).unwrap_err().starts_with("wrong_contract: the storage is of nobody,"));
        assert!(records(&empty).is_empty());
        let mut later = MockStorage::new();
        begin(&mut later, &SECOND).unwrap();
        let before = records(&later);
        assert!(
            take_over(&mut later, &FIRST).unwrap_err().starts_with("wrong_version: the storage is of version 1.1.0,")
        );
        assert!(
            take_over(&mut later, &Release { contract: "tokfut-market", ..SECOND })
                .unwrap_err()
                .starts_with("wrong_contract")
        );
        later.set(b"contract_info", b"\xff");
        assert!(take_over(&mut later, &SECOND).unwrap_err().starts_with("wrong_contract: the storage is of nobody,"));
        later.set(b"contract_info", &before[0].1);
        assert_eq!(records(&later), before);
    }
}
