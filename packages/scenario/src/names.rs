//! Names for addresses: `@alice`, `@market`; both ways, in whole messages.

use std::collections::BTreeMap;

use cosmwasm_std::Addr;
use serde_json::Value;

use crate::call::Contract;
use crate::failure::Failure;

/// Who is called what. A user's address follows from the name alone.
#[derive(Clone, Debug)]
pub struct Names {
    prefix: String,
    user_address: fn(&str, &str) -> Addr,
    given: BTreeMap<String, Addr>,
    contracts: BTreeMap<String, Addr>,
    of_address: BTreeMap<String, String>,
}

impl Names {
    /// Nobody yet, on a chain whose addresses begin with `prefix`; `user_address` makes a user's of it and his name.
    pub fn new(prefix: &str, user_address: fn(&str, &str) -> Addr) -> Self {
        let (given, contracts, of_address) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { prefix: prefix.to_string(), user_address, given, contracts, of_address }
    }

    /// Gives a user an address that does not follow from the name.
    pub fn give(&mut self, name: &str, address: Addr) {
        self.given.insert(name.to_string(), address);
    }

    /// Gives a contract its name.
    pub fn deploy(&mut self, contract: Contract, address: Addr) {
        self.of_address.insert(address.to_string(), contract.name().to_string());
        self.contracts.insert(contract.name().to_string(), address);
    }

    /// The address of a user, and whether the name is new. The contracts' names are not for users.
    pub fn user(&mut self, name: &str) -> Result<(Addr, bool), Failure> {
        let name = name.strip_prefix('@').unwrap_or(name);
        check_user(name)?;
        let address = self.user_address(name);
        let known = self.of_address.insert(address.to_string(), name.to_string());
        Ok((address, known.is_none()))
    }

    /// The address behind a name, with or without its `@`; none if it is not a name.
    pub fn address(&self, name: &str) -> Option<Addr> {
        let name = name.strip_prefix('@').unwrap_or(name);
        self.contracts.get(name).cloned().or_else(|| is_name(name).then(|| self.user_address(name)))
    }

    fn user_address(&self, name: &str) -> Addr {
        self.given.get(name).cloned().unwrap_or_else(|| (self.user_address)(&self.prefix, name))
    }

    /// The name behind an address; none if nobody was called so yet.
    pub fn name(&self, address: &str) -> Option<&str> {
        self.of_address.get(address).map(String::as_str)
    }

    /// The users whose names stand in `value` as `@name`.
    pub fn mentioned(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::String(text) => {
                let name = text.strip_prefix('@').filter(|name| is_name(name) && Contract::parse(name).is_none());
                found.extend(name.map(ToString::to_string));
            }
            Value::Array(items) => items.iter().for_each(|item| Self::mentioned(item, found)),
            Value::Object(fields) => fields.values().for_each(|item| Self::mentioned(item, found)),
            _ => {}
        }
    }

    /// The same value with every string `@name` replaced by the address.
    pub fn to_addresses(&self, value: &Value) -> Value {
        self.map(value, &|names, text| match text.strip_prefix('@').and_then(|name| names.address(name)) {
            Some(address) => address.to_string(),
            None => text.to_string(),
        })
    }

    /// The same value with every known address, wherever it stands in a string, replaced by `@name`.
    pub fn to_names(&self, value: &Value) -> Value {
        self.map(value, &|names, text| names.text_to_names(text))
    }

    /// The same text with every known address replaced by `@name`.
    pub fn text_to_names(&self, text: &str) -> String {
        if !text.contains(&self.prefix) {
            return text.to_string();
        }
        let replace = |text: String, (address, name): (&String, &String)| text.replace(address, &format!("@{name}"));
        self.of_address.iter().fold(text.to_string(), replace)
    }

    fn map(&self, value: &Value, text_of: &impl Fn(&Self, &str) -> String) -> Value {
        match value {
            Value::String(text) => Value::String(text_of(self, text)),
            Value::Array(items) => Value::Array(items.iter().map(|item| self.map(item, text_of)).collect()),
            Value::Object(fields) => {
                Value::Object(fields.iter().map(|(key, item)| (key.clone(), self.map(item, text_of))).collect())
            }
            other => other.clone(),
        }
    }
}

/// A user may be called so.
///
/// # Errors
/// `reserved_name` for a contract's, `invalid_name` for what is no name.
pub fn check_user(name: &str) -> Result<(), Failure> {
    if Contract::parse(name).is_some() {
        return Err(Failure::new("reserved_name", format!("{name} is a contract and sends nothing by itself")));
    }
    if !is_name(name) {
        let rule = "a name is 1 to 64 of a-z, A-Z, 0-9, '_', '-', '.'";
        return Err(Failure::new("invalid_name", format!("{name:?}: {rule}")));
    }
    Ok(())
}

fn is_name(text: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (1..=64).contains(&text.len()) && text.bytes().all(legal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn address(prefix: &str, name: &str) -> Addr {
        Addr::unchecked(format!("{prefix}1{name}"))
    }

    fn names() -> Names {
        let mut names = Names::new("test", address);
        names.deploy(Contract::Vault, address("test", "somewhere"));
        names
    }

    #[test]
    fn a_message_goes_out_with_addresses_and_comes_back_with_names() {
        let mut names = names();
        let (alice, new) = names.user("alice").unwrap();
        assert!(new && !names.user("@alice").unwrap().1);
        let written = json!({"to": ["@alice", "@vault", "alice", "@no name"], "n": 1});
        let sent = names.to_addresses(&written);
        assert_eq!(sent, json!({"to": [alice, address("test", "somewhere"), "alice", "@no name"], "n": 1}));
        assert_eq!(names.to_names(&sent), written);
        assert_eq!(names.text_to_names(&format!("unauthorized: {alice} is not")), "unauthorized: @alice is not");
    }

    #[test]
    fn a_given_address_goes_before_the_names_own() {
        let mut names = names();
        let elsewhere = address("test", "elsewhere");
        names.give("alice", elsewhere.clone());
        assert_eq!(names.user("@alice").unwrap(), (elsewhere.clone(), true));
        assert_eq!(names.to_addresses(&json!(["@alice", "@bob"])), json!([elsewhere, address("test", "bob")]));
        assert_eq!(names.name(elsewhere.as_str()), Some("alice"));
    }

    #[test]
    fn a_contract_is_no_user_and_a_name_is_plain() {
        assert_eq!(names().user("vault").unwrap_err().code, "reserved_name");
        for bad in ["", "@", "a b", "ä"] {
            assert_eq!(names().user(bad).unwrap_err().code, "invalid_name", "{bad:?}");
        }
    }

    #[test]
    fn every_mentioned_user_is_found_once_a_mention() {
        let mut found = Vec::new();
        Names::mentioned(&json!({"a": "@bob", "b": ["@vault", {"c": "@carol"}], "d": "dave"}), &mut found);
        assert_eq!(found, ["bob", "carol"]);
    }
}
