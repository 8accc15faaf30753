//! Addresses of the embedded chain: made from names, or those of another chain.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use cosmwasm_std::testing::MockApi;
use cosmwasm_std::{Addr, Api, StdError, StdResult, Storage};
use cw_multi_test::{AddressGenerator, SimpleAddressGenerator};

use crate::call::Contract;
use crate::failure::Failure;

/// What every address begins with if none is given.
const PREFIX: &str = "tokfut";
/// The contracts in the order in which a world creates them, each with the next code from 1.
const CREATED: [Contract; 3] = [Contract::Oracle, Contract::Vault, Contract::Market];

/// Prefixes of other chains: the chain's API borrows its own for ever.
static PREFIXES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// What the given addresses begin with.
///
/// # Errors
/// `invalid_world` if they are not addresses of one chain.
pub fn prefix(given: &BTreeMap<String, String>) -> Result<&'static str, Failure> {
    let mut found = None;
    for (name, address) in given {
        let invalid = |words: &dyn core::fmt::Display| Failure::new("invalid_world", format!("{name}: {words}"));
        // The last 1 of an address is where its prefix ends.
        let (prefix, _) = address.rsplit_once('1').ok_or_else(|| invalid(&"not an address"))?;
        let prefix = lasting(found.unwrap_or(prefix));
        api(prefix).addr_validate(address).map_err(|error| invalid(&error))?;
        found = Some(prefix);
    }
    Ok(found.unwrap_or(PREFIX))
}

/// How a chain of this prefix reads and writes addresses.
pub fn api(prefix: &'static str) -> MockApi {
    MockApi::default().with_prefix(prefix)
}

/// The address that follows from a user's name.
pub fn of_user(prefix: &str, name: &str) -> Addr {
    api(lasting(prefix)).addr_make(name)
}

fn lasting(prefix: &str) -> &'static str {
    let mut known = PREFIXES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(prefix) = known.get(prefix) {
        return prefix;
    }
    let lasting: &'static str = Box::leak(prefix.into());
    known.insert(lasting);
    lasting
}

/// Contracts' addresses as they are given, else of the chain's own making.
pub struct Given(BTreeMap<u64, Addr>);

impl Given {
    /// Those of the contracts among these.
    ///
    /// # Errors
    /// `invalid_world` if some of the three have one and others none.
    pub fn new(given: &BTreeMap<String, String>) -> Result<Self, Failure> {
        let address = |contract: Contract| given.get(contract.name()).map(Addr::unchecked);
        let found: BTreeMap<_, _> =
            (1..).zip(CREATED).filter_map(|(code, contract)| Some((code, address(contract)?))).collect();
        if !found.is_empty() && found.len() != CREATED.len() {
            return Err(Failure::new("invalid_world", "addresses of some contracts, but not of all"));
        }
        Ok(Self(found))
    }
}

impl AddressGenerator for Given {
    fn contract_address(&self, api: &dyn Api, storage: &mut dyn Storage, code: u64, instance: u64) -> StdResult<Addr> {
        match self.0.get(&code) {
            Some(address) => Ok(address.clone()),
            None if self.0.is_empty() => SimpleAddressGenerator.contract_address(api, storage, code, instance),
            None => Err(StdError::msg(format!("code {code} is none of the three"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(addresses: &[(&str, &str)]) -> BTreeMap<String, String> {
        addresses.iter().map(|(name, address)| (name.to_string(), address.to_string())).collect()
    }

    #[test]
    fn given_addresses_are_of_one_chain() {
        let (alice, bob) = (of_user("wasm", "alice"), of_user("other", "bob"));
        assert_eq!(prefix(&given(&[])).unwrap(), "tokfut");
        assert_eq!(prefix(&given(&[("alice", alice.as_str())])).unwrap(), "wasm");
        for bad in [
            given(&[("alice", alice.as_str()), ("bob", bob.as_str())]),
            given(&[("alice", "nowhere")]),
            given(&[("alice", "wasm1alice")]),
        ] {
            assert_eq!(prefix(&bad).unwrap_err().code, "invalid_world", "{bad:?}");
        }
    }

    #[test]
    fn all_contracts_have_a_given_address_or_none_has() {
        let vault = of_user("wasm", "vault");
        let one = given(&[("vault", vault.as_str())]);
        assert_eq!(Given::new(&one).err().map(|failure| failure.code), Some("invalid_world".to_string()));
    }
}
