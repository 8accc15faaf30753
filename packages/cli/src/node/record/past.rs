//! Blocks, read for what concerns a deployment.

use std::collections::BTreeSet;

use cosmwasm_std::Coin;
use serde_json::{Value, json};
use tokfut_client::{Contract, Deployment, Failure, Outcome, Protocol, Receipt, Sent, Transaction, canonical};
use tokfut_core::time::Time;
use tokfut_scenario::replay::Done;
use tokfut_scenario::{Call, Names};

use super::story::Story;

/// Why a chain refuses a transaction that no contract sees, or that a contract would have taken with more gas.
const BEFORE_CONTRACTS: [&str; 4] = ["out_of_gas", "wrong_sequence", "insufficient_fee", "unauthorized_signature"];
/// How the contracts came about: the world has it.
const INSTANTIATE: &str = "/cosmwasm.wasm.v1.MsgInstantiateContract";

/// What happened, block by block.
pub struct Past {
    blocks: Vec<(u64, Time, Vec<Told>)>,
}

/// A transaction, or a transfer of one.
#[derive(Debug)]
enum Told {
    /// Messages to the contracts.
    Calls { from: String, calls: Vec<Call>, result: Result<Vec<Outcome>, Failure> },
    /// Coins that moved.
    Coins { from: String, to: String, coins: Vec<Coin> },
    /// One that the chain refused, with this code.
    Refused(String),
}

impl Past {
    /// The blocks of these heights.
    ///
    /// # Errors
    /// `untold` for what acts on the contracts in another way than by a plain message.
    pub async fn read(protocol: &Protocol, from: u64, to: u64) -> Result<Self, Failure> {
        let mut blocks = Vec::new();
        for height in from..=to {
            let mut told = Vec::new();
            for transaction in protocol.node().transactions(height).await? {
                told.extend(tell(protocol.deployment(), transaction).map_err(|words| untold(height, &words))?);
            }
            if !told.is_empty() {
                let seconds = protocol.node().block(height).await?.seconds;
                blocks.push((height, protocol.time_at(seconds)?, told));
            }
        }
        Ok(Self { blocks })
    }

    /// All addresses that occur, the contracts' apart, in order of appearance.
    pub fn people(&self, deployment: &Deployment) -> Vec<String> {
        let mut found = Vec::new();
        for told in self.blocks.iter().flat_map(|(_, _, told)| told) {
            match told {
                Told::Calls { from, calls, .. } => {
                    found.push(from.clone());
                    calls.iter().for_each(|call| mentioned(&call.msg, &deployment.prefix, &mut found));
                }
                Told::Coins { from, to, .. } => found.extend([from.clone(), to.clone()]),
                Told::Refused(_) => {}
            }
        }
        let mut seen: BTreeSet<String> = Contract::ALL.map(|of| deployment.address(of).to_string()).into();
        found.retain(|address| seen.insert(address.clone()));
        found
    }

    /// Tells all of it; how many blocks and transactions these were.
    pub fn tell(self, story: &mut Story) -> (usize, usize) {
        let count = (self.blocks.len(), self.blocks.iter().map(|(_, _, told)| told.len()).sum());
        for (height, time, told) in self.blocks {
            story.at(time, height);
            told.into_iter().for_each(|told| told.tell(story));
        }
        count
    }
}

impl Told {
    fn tell(self, story: &mut Story) {
        match self {
            Self::Calls { from, calls, result } => {
                let from = name(story.names(), &from);
                if let [Call { contract, msg, funds }] = calls.as_slice() {
                    let step = json!({"contract": contract.name(), "from": from, "msg": msg, "funds": funds});
                    story.tell(&json!({"exec": step}), &result.map(|outcomes| Done::exec(&outcomes)));
                } else {
                    let part = |Call { contract, msg, funds }: &Call| json!({"contract": contract.name(), "msg": msg, "funds": funds});
                    let parts: Vec<Value> = calls.iter().map(part).collect();
                    let step = json!({"batch": {"from": from, "calls": parts}});
                    story.tell(&step, &result.map(|outcomes| Done::batch(&outcomes)));
                }
            }
            Self::Coins { from, to, coins } => {
                let step = json!({"send": {"from": name(story.names(), &from), "to": to, "funds": coins}});
                story.tell(&step, &Ok(Done::data(Value::Null)));
            }
            Self::Refused(code) => story.remark(&format!("a transaction that the chain refused: {code}")),
        }
    }
}

fn name(names: &Names, address: &str) -> String {
    names.name(address).unwrap_or(address).to_string()
}

/// What of a transaction concerns the deployment; or why it cannot be told.
fn tell(deployment: &Deployment, transaction: Transaction) -> Result<Vec<Told>, String> {
    let Transaction { messages, result } = transaction;
    let senders: BTreeSet<&String> = messages.iter().filter_map(|sent| sender(deployment, sent)).collect();
    let calls: Vec<Call> = messages.iter().filter_map(|sent| call(deployment, sent)).collect();
    if let Err(failure) = &result
        && BEFORE_CONTRACTS.contains(&failure.code.as_str())
    {
        return Ok(if calls.is_empty() { Vec::new() } else { vec![Told::Refused(failure.code.clone())] });
    }
    if calls.iter().any(|call| call.msg.get("connect").is_some()) {
        return Ok(Vec::new());
    }
    if let ([from], true) = (senders.into_iter().collect::<Vec<_>>().as_slice(), calls.len() == messages.len()) {
        let result = result.map(|receipt| receipt.outcomes);
        return Ok(vec![Told::Calls { from: from.to_string(), calls, result }]);
    }
    let Ok(receipt) = result else { return Ok(Vec::new()) };
    if acts_on(deployment, &receipt) && !messages.contains(&Sent::Other(INSTANTIATE.to_string())) {
        return Err(format!("transaction {}", receipt.hash));
    }
    Ok(messages.into_iter().filter_map(|sent| transfer(deployment, sent)).collect())
}

fn untold(height: u64, words: &str) -> Failure {
    Failure::new("untold", format!("block {height}: {words} acts on the contracts otherwise than by messages to them"))
}

fn contract(deployment: &Deployment, address: &str) -> Option<Contract> {
    Contract::ALL.into_iter().find(|contract| deployment.address(*contract) == address)
}

fn call(deployment: &Deployment, sent: &Sent) -> Option<Call> {
    let Sent::Execute { contract: address, msg, funds, .. } = sent else { return None };
    Some(Call { contract: contract(deployment, address)?, msg: msg.clone(), funds: funds.clone() })
}

fn sender<'a>(deployment: &Deployment, sent: &'a Sent) -> Option<&'a String> {
    match sent {
        Sent::Execute { sender, contract: address, .. } => contract(deployment, address).map(|_| sender),
        Sent::Coins { .. } | Sent::Other(_) => None,
    }
}

/// The coins of the embedded chain's denoms.
fn transfer(deployment: &Deployment, sent: Sent) -> Option<Told> {
    let Sent::Coins { from, to, mut coins } = sent else { return None };
    coins.retain(|coin| [&deployment.spec.denom, &deployment.spec.other_denom].contains(&&coin.denom));
    (!coins.is_empty()).then_some(Told::Coins { from, to, coins })
}

fn acts_on(deployment: &Deployment, receipt: &Receipt) -> bool {
    let mut attributes =
        receipt.outcomes.iter().flat_map(|outcome| &outcome.events).flat_map(|event| &event.attributes);
    attributes.any(|attribute| attribute.key == "_contract_address" && contract(deployment, &attribute.value).is_some())
}

/// Addresses of the chain that stand in a message.
fn mentioned(value: &Value, prefix: &str, found: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            let is_address = text.starts_with(prefix) && canonical(text).is_ok();
            found.extend(is_address.then(|| text.clone()));
        }
        Value::Array(items) => items.iter().for_each(|item| mentioned(item, prefix, found)),
        Value::Object(fields) => fields.values().for_each(|item| mentioned(item, prefix, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::Event;

    fn deployment() -> Deployment {
        let code = json!({"id": 1, "sha256": ""});
        serde_json::from_value(json!({
            "node": "", "chain_id": "c", "prefix": "wasm", "gas_price": "1u", "market": "wasm1m", "oracle": "wasm1o",
            "vault": "wasm1v", "codes": {"market": code, "oracle": code, "vault": code},
            "spec": tokfut_scenario::WorldSpec::reference().unwrap(),
        }))
        .unwrap()
    }

    fn execute(sender: &str, contract: &str, msg: &str) -> Sent {
        let (sender, contract) = (sender.to_string(), contract.to_string());
        Sent::Execute { sender, contract, msg: json!({msg: {}}), funds: Vec::new() }
    }

    fn coins(denom: &str) -> Sent {
        let (from, to) = ("wasm1a".to_string(), "wasm1v".to_string());
        Sent::Coins { from, to, coins: vec![Coin::new(1u128, denom)] }
    }

    /// A transaction that happened, with an event of this contract.
    fn happened(messages: Vec<Sent>, contract: &str) -> Transaction {
        let mut event = Event::new("wasm-tf_x");
        event.attributes = vec![cosmwasm_std::Attribute { key: "_contract_address".into(), value: contract.into() }];
        let outcomes = vec![Outcome { data: None, events: vec![event] }];
        let (hash, responses) = ("AB".to_string(), Vec::new());
        let receipt = Receipt { hash, height: 7, gas_wanted: 0, gas_used: 0, outcomes, responses };
        Transaction { messages, result: Ok(receipt) }
    }

    fn refused(messages: Vec<Sent>, code: &str) -> Transaction {
        Transaction { messages, result: Err(Failure::new(code, "")) }
    }

    fn told(transaction: Transaction) -> String {
        match tell(&deployment(), transaction) {
            Ok(told) => told.iter().map(kind).collect::<Vec<_>>().join(" "),
            Err(_) => "untold".to_string(),
        }
    }

    fn kind(told: &Told) -> String {
        match told {
            Told::Calls { from, calls, result } => format!("{from}:{}:{}", calls.len(), result.is_ok()),
            Told::Coins { .. } => "coins".to_string(),
            Told::Refused(code) => code.clone(),
        }
    }

    #[test]
    fn messages_to_the_contracts_are_told_whatever_became_of_them() {
        let two = || vec![execute("a", "wasm1m", "x"), execute("a", "wasm1v", "y")];
        assert_eq!(told(happened(two(), "wasm1v")), "a:2:true");
        assert_eq!(told(refused(two(), "strike_due")), "a:2:false");
        assert_eq!(told(refused(two(), "out_of_gas")), "out_of_gas");
        // Making and connecting the contracts is the world's.
        assert_eq!(told(happened(vec![execute("a", "wasm1v", "connect")], "wasm1v")), "");
        assert_eq!(told(happened(vec![Sent::Other(INSTANTIATE.to_string())], "wasm1v")), "");
    }

    #[test]
    fn coins_are_told_that_the_embedded_chain_has() {
        assert_eq!(told(happened(vec![coins("uusd"), coins("ustake"), coins("uother")], "elsewhere")), "coins coins");
        assert_eq!(told(refused(vec![coins("uusd")], "insufficient_funds")), "");
    }

    #[test]
    fn what_acts_on_the_contracts_otherwise_cannot_be_told() {
        let mixed = || vec![execute("a", "wasm1v", "x"), coins("uusd")];
        for (messages, contract, expected) in [
            (mixed(), "wasm1v", "untold"),
            (vec![execute("a", "wasm1other", "x")], "wasm1v", "untold"),
            (vec![execute("a", "wasm1other", "x")], "wasm1other", ""),
            (vec![Sent::Other("/cosmos.authz.v1beta1.MsgExec".to_string())], "wasm1m", "untold"),
            (vec![execute("a", "wasm1v", "x"), execute("b", "wasm1v", "y")], "wasm1v", "untold"),
        ] {
            assert_eq!(told(happened(messages, contract)), expected);
        }
        assert_eq!(told(refused(mixed(), "strike_due")), "");
    }

    #[test]
    fn addresses_are_found_in_messages() {
        let address = "wasm1yyca08xqdgvjz0psg56z67ejh9xms6l436u8y58m82npdqqhmmtqas0cl7";
        let mut found = Vec::new();
        mentioned(&json!({"a": [address, "wasm1x", "wasm"], "b": {"c": address}}), "wasm", &mut found);
        assert_eq!(found, [address, address]);
    }
}
