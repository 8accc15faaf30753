//! Every message and question of the schemas, spoilt in every field (S2, S22).

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use tokfut_embedded::{Call, Contract, Failure, World};
use tokfut_testkit::{TestWorld, usd};

const SPEC: &str = include_str!("../../../packages/core/SPEC.md");
const SCHEMAS: [(Contract, &str); 3] = [
    (Contract::Market, include_str!("../../../schema/market.json")),
    (Contract::Oracle, include_str!("../../../schema/oracle.json")),
    (Contract::Vault, include_str!("../../../schema/vault.json")),
];
/// Whoever may send something that others may not.
const SENDERS: [&str; 5] = ["alice", "governance", "guardian", "administrator", "arbiter"];

/// A schema with the definitions that it refers to.
#[derive(Clone, Copy)]
struct Schema<'a> {
    of: &'a Value,
    definitions: &'a Map<String, Value>,
}

impl<'a> Schema<'a> {
    fn at(self, of: &'a Value) -> Self {
        let reference = of.get("$ref").or_else(|| of.pointer("/allOf/0/$ref")).and_then(Value::as_str);
        let named = reference.and_then(|path| self.definitions.get(path.rsplit('/').next()?));
        Self { of: named.unwrap_or(of), ..self }
    }

    fn alternatives(self) -> impl Iterator<Item = Self> {
        let of = ["oneOf", "anyOf"].into_iter().filter_map(move |key| self.of.get(key)?.as_array()).flatten();
        of.map(move |alternative| self.at(alternative))
    }

    /// Values that fit, the plainest first: one for each alternative of each field.
    fn instances(self, field: &str) -> Vec<Value> {
        if self.of.get("oneOf").or_else(|| self.of.get("anyOf")).is_some() {
            return self.alternatives().flat_map(|alternative| alternative.instances(field)).collect();
        }
        if let Some(words) = self.of.get("enum").and_then(Value::as_array) {
            return words.clone();
        }
        let kinds = match self.of.get("type") {
            Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
            kind => vec![kind.and_then(Value::as_str).unwrap_or("object")],
        };
        kinds.into_iter().flat_map(|kind| self.of_kind(kind, field)).collect()
    }

    fn of_kind(self, kind: &str, field: &str) -> Vec<Value> {
        match kind {
            "object" => self.objects(),
            "array" => {
                let items = self.of.get("items").map(|items| self.at(items).instances(field)).unwrap_or_default();
                let one = items.first().cloned().unwrap_or_default();
                let lists = items.into_iter().map(|item| json!([item]));
                lists.chain([json!([]), json!(vec![one; 40])]).collect()
            }
            "integer" => vec![json!(if field == "account" { 8 } else { 1 })],
            "string" => vec![json!(known(field))],
            "boolean" => vec![json!(true)],
            _ => vec![Value::Null],
        }
    }

    fn objects(self) -> Vec<Value> {
        let fields = self.of.get("properties").and_then(Value::as_object);
        let required = self.of.get("required").and_then(Value::as_array);
        let is_required = |name: &str| required.is_some_and(|required| required.iter().any(|needed| needed == name));
        let choices: Vec<_> =
            fields.into_iter().flatten().map(|(name, of)| (name, self.at(of).instances(name))).collect();
        let plain: Map<_, _> = choices
            .iter()
            .filter(|(name, _)| is_required(name))
            .map(|(name, values)| ((*name).clone(), values[0].clone()))
            .collect();
        let mut objects = vec![Value::Object(plain.clone())];
        for (name, values) in choices {
            for value in values.into_iter().skip(usize::from(is_required(name))) {
                let mut object = plain.clone();
                object.insert(name.clone(), value);
                objects.push(Value::Object(object));
            }
        }
        objects
    }
}

/// A text that names something of the stage.
fn known(field: &str) -> &'static str {
    match field {
        "series" | "code" => "TOKZ26",
        "product" => "TOK",
        "delegate" | "owner" | "address" => "@bob",
        "market" => "@market",
        "id" => "1523-b-15500-1",
        "limit" | "worst" => "1.5000",
        "hash" | "evidence" | "inputs_root" => "0000000000000000000000000000000000000000000000000000000000000000",
        _ => "1",
    }
}

/// The places of all values in a message, as JSON pointers; of a list, of the first item alone.
fn places(message: &Value, place: &str, found: &mut Vec<String>) {
    let fields: Vec<_> = match message {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => items.first().map(|item| ("0".to_string(), item)).into_iter().collect(),
        _ => vec![],
    };
    for (name, value) in fields {
        let place = format!("{place}/{name}");
        found.push(place.clone());
        places(value, &place, found);
    }
}

/// The message with each of its values gone, of another kind, at and beyond every bound.
fn spoilt(message: &Value) -> Vec<Value> {
    let texts = ["", "0", "-1", "+1", "01", " 1", "1e3", "1.5", "٣", "\0", "é", "@alice", "1523-s-15500-1", "TOKZ99"];
    let bounds = ["18446744073709551616", "340282366920938463463374607431768211456", "4294967296-b-1-1", "0.0001"];
    let numbers = [0, 2, 31, 32, 255, 256, 65_536, 1_523, u64::from(u32::MAX), 1_790_000_000, u64::MAX];
    let long = json!("x".repeat(2_000));
    let mut found = vec![];
    places(message, "", &mut found);
    let mut all = vec![];
    for place in found {
        let put = |value: Value| {
            let mut other = message.clone();
            *other.pointer_mut(&place).unwrap() = value;
            other
        };
        all.extend([json!(null), json!(true), json!("x"), json!([]), json!({}), json!(-1), json!(1.5)].map(put));
        match message.pointer(&place).unwrap() {
            Value::Number(_) => all.extend(numbers.map(|number| put(json!(number)))),
            Value::String(_) => {
                all.extend(texts.into_iter().chain(bounds).map(|text| put(json!(text))).chain([put(long.clone())]))
            }
            _ => {}
        }
        let (inside, name) = place.rsplit_once('/').unwrap();
        let mut other = message.clone();
        if let Some(Value::Object(fields)) = other.pointer_mut(inside) {
            fields.remove(name);
            all.push(other);
        }
    }
    all
}

/// The message with a field that nobody knows, in each of its objects but the outermost.
fn mistyped(message: &Value) -> Vec<Value> {
    let mut found = vec![];
    places(message, "", &mut found);
    let with = |place: &String| {
        let mut other = message.clone();
        other.pointer_mut(place)?.as_object_mut()?.insert("reduce_onyl".to_string(), json!(true));
        Some(other)
    };
    found.iter().filter_map(with).collect()
}

/// The codes that a user may meet: those of the specification, but for the chain's own trouble, and the chain's words
/// for what is no message and for coins that are not there.
fn codes() -> BTreeSet<&'static str> {
    let table = SPEC.split("## 12. Errors").nth(1).unwrap();
    let listed = table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let listed: BTreeSet<_> = listed.filter(|code| *code != "chain_error").collect();
    assert!(listed.len() > 100);
    listed.into_iter().chain(["invalid_message", "invalid_funds", "insufficient_funds"]).collect()
}

/// All plain messages or questions of a contract.
fn plain(schema: &str, kind: &str) -> Vec<Value> {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let none = Map::new();
    let of = &schema[kind];
    let definitions = of.get("definitions").and_then(Value::as_object).unwrap_or(&none);
    let variants: Vec<_> =
        Schema { of, definitions }.alternatives().flat_map(|variant| variant.instances("")).collect();
    let names: BTreeSet<&String> = variants.iter().filter_map(|message| message.as_object()?.keys().next()).collect();
    assert_eq!(names.len(), of["oneOf"].as_array().unwrap().len(), "{kind}");
    variants
}

/// Alice rests two lots and holds one that Bob sold her.
fn stage() -> TestWorld {
    let world = TestWorld::new();
    let (alice, bob) = (world.trader("alice", usd(10_000)), world.trader("bob", usd(10_000)));
    alice.buys(2, "TOKZ26", "1.5500");
    bob.sells(1, "TOKZ26", "1.6000");
    alice.buys(1, "TOKZ26", "1.6000");
    world
}

/// Sends a message by everybody, until it is not a matter of who.
fn send(chain: &mut World, contract: Contract, message: &Value) -> Result<(), Failure> {
    let msg = chain.resolve(message).unwrap();
    let mut result = Ok(());
    for from in SENDERS {
        result = chain.transact(from, vec![Call { contract, msg: msg.clone(), funds: vec![] }]).map(drop);
        if result
            .as_ref()
            .err()
            .is_none_or(|failure| !["unauthorized", "not_permitted"].contains(&failure.code.as_str()))
        {
            break;
        }
    }
    result
}

fn ask(chain: &mut World, contract: Contract, question: &Value) -> Result<(), Failure> {
    let msg = chain.resolve(question).unwrap();
    chain.query::<Value>(contract, &msg).map(drop)
}

/// Whatever is sent or asked happens, or is refused with a code of the specification. That a refusal leaves every byte
/// as it was, and that nothing panics, the world watches and the last check tells.
fn tries_all(kind: &str, act: impl Fn(&mut World, Contract, &Value) -> Result<(), Failure>) {
    let (codes, world) = (codes(), stage());
    let mut met = BTreeSet::new();
    world.step(kind, |chain| {
        for (contract, schema) in SCHEMAS {
            for message in plain(schema, kind) {
                for wrong in mistyped(&message) {
                    let code = act(chain, contract, &wrong).err().map(|failure| failure.code);
                    assert_eq!(code.as_deref(), Some("invalid_message"), "{contract} {wrong}");
                }
                for other in [message.clone()].into_iter().chain(spoilt(&message)) {
                    if let Err(failure) = act(chain, contract, &other) {
                        assert!(codes.contains(failure.code.as_str()), "{contract} {other}: {failure}");
                        met.insert(failure.code);
                    }
                }
            }
        }
    });
    assert!(met.len() > 10, "{met:?}");
}

#[test]
fn every_spoilt_message_happens_or_is_refused_by_a_code_of_the_specification() {
    tries_all("execute", send);
}

#[test]
fn every_spoilt_question_is_answered_or_refused_by_a_code_of_the_specification() {
    tries_all("query", ask);
}
