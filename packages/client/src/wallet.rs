//! A key at work on a chain: gas estimated, fees set, sequences kept.

use core::fmt;
use core::str::FromStr;
use std::time::{Duration, Instant};

use cosmos_sdk_proto::Any;
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin;
use cosmos_sdk_proto::cosmos::crypto::secp256k1::PubKey;
use cosmos_sdk_proto::cosmos::tx::v1beta1::{AuthInfo, Fee, ModeInfo, SignDoc, SignerInfo, TxBody, TxRaw, mode_info};
use prost::{Message, Name};
use tokfut_scenario::Failure;
use tokio::sync::Mutex;

use crate::answer::Receipt;
use crate::key::Key;
use crate::node::{Node, Standing};

/// `SIGN_MODE_DIRECT`.
const DIRECT: i32 = 1;
/// The gas whose fee a simulation carries: a fee of zero would leave its transfer out of the estimate.
const SIMULATED: u64 = 1_000_000;
/// How often a transaction is looked for, and for how long.
const POLL: Duration = Duration::from_millis(100);
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is handed in again meanwhile.
const HAND_IN: Duration = Duration::from_secs(5);
/// How often a transaction with a stale sequence is signed anew.
const TRIES: u32 = 5;
/// The pause after a signature that is not taken.
const STARTING: Duration = Duration::from_secs(1);

/// How much gas a transaction may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gas {
    /// What a simulation uses, and three tenths more; a message that fails already there is not sent.
    Estimated,
    /// As estimated, and so much more for what others may do between the simulation and the block.
    Roomy(u64),
    /// So much, without a simulation.
    Limit(u64),
}

impl Gas {
    /// The limit of a transaction that used so much in its simulation.
    const fn limit(self, used: u64) -> u64 {
        let estimated = used.saturating_mul(13).div_ceil(10);
        match self {
            Self::Estimated => estimated,
            Self::Roomy(room) => estimated.saturating_add(room),
            Self::Limit(limit) => limit,
        }
    }
}

/// What a unit of gas costs, in millionths of a base unit of a denom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GasPrice {
    /// Millionths.
    pub micro: u64,
    /// Of this denom.
    pub denom: String,
}

impl FromStr for GasPrice {
    type Err = Failure;

    /// Reads `0.0025ustake`.
    fn from_str(text: &str) -> Result<Self, Failure> {
        let invalid = || Failure::new("invalid_gas_price", format!("{text:?} is not like 0.0025ustake"));
        let end = text.find(|letter: char| letter.is_ascii_alphabetic()).ok_or_else(invalid)?;
        let (price, denom) = text.split_at_checked(end).ok_or_else(invalid)?;
        let (whole, fraction) = price.split_once('.').unwrap_or((price, ""));
        if whole.is_empty() || fraction.len() > 6 {
            return Err(invalid());
        }
        let micro = format!("{whole}{fraction:0<6}").parse().map_err(|_| invalid())?;
        Ok(Self { micro, denom: denom.to_string() })
    }
}

impl fmt::Display for GasPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.micro.checked_div(1_000_000), self.micro.checked_rem(1_000_000));
        write!(f, "{}.{:06}{}", whole.unwrap_or(0), rest.unwrap_or(0), self.denom)
    }
}

impl GasPrice {
    /// What so much gas costs, rounded up.
    fn fee(&self, gas: u64) -> Vec<Coin> {
        let amount = u128::from(self.micro).saturating_mul(u128::from(gas)).div_ceil(1_000_000);
        if amount == 0 { Vec::new() } else { vec![Coin { denom: self.denom.clone(), amount: amount.to_string() }] }
    }
}

/// A key on a chain. Transactions may be handed in one after another without waiting for blocks: the sequence is
/// counted here, and learnt anew from the chain when it disagrees.
pub struct Wallet {
    node: Node,
    key: Key,
    address: String,
    gas_price: GasPrice,
    standing: Mutex<Option<Standing>>,
}

/// A transaction that the node has taken and that is not in a block yet.
pub struct Pending {
    node: Node,
    /// Its hash, hex.
    pub hash: String,
    /// Its bytes.
    signed: Vec<u8>,
    /// The sequence it was signed with.
    sequence: u64,
}

impl Wallet {
    /// The key on the node's chain, where addresses begin with `prefix`.
    pub fn new(node: &Node, key: Key, prefix: &str, gas_price: GasPrice) -> Result<Self, Failure> {
        let address = key.address(prefix)?;
        Ok(Self { node: node.clone(), key, address, gas_price, standing: Mutex::new(None) })
    }

    /// Its address.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The chain.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// Sends messages as one transaction and waits until it is in a block.
    ///
    /// # Errors
    /// The contract's own code or the chain's: then nothing of it happened. `not_included` if it was in no block for
    /// a minute: then it may still come.
    pub async fn send(&self, messages: Vec<Any>, gas: Gas) -> Result<Receipt, Failure> {
        self.submit(messages, gas).await?.receipt().await
    }

    /// Sends messages as one transaction, and returns as soon as the node has taken it.
    ///
    /// # Errors
    /// As [`Wallet::send`].
    pub async fn submit(&self, messages: Vec<Any>, gas: Gas) -> Result<Pending, Failure> {
        let body = TxBody { messages, ..TxBody::default() }.encode_to_vec();
        // Held until the node has it: transactions of one key arrive in the order of their sequences.
        let mut kept = self.standing.lock().await;
        let mut last = Failure::new("wrong_sequence", "the chain never agreed");
        for _ in 0..TRIES {
            let standing = match *kept {
                Some(standing) => standing,
                None => self.learn().await?,
            };
            match self.once(&body, standing, gas).await {
                Ok(pending) => {
                    *kept = Some(Standing { sequence: standing.sequence.saturating_add(1), ..standing });
                    return Ok(pending);
                }
                Err(failure) if failure.code == "wrong_sequence" => {
                    // The chain's latest block may lag behind what the node has already taken: it says what it expects.
                    *kept = expected(&failure.message).map(|sequence| Standing { sequence, ..standing });
                    last = failure;
                }
                // Between its start and its first block a node checks signatures as if it were at genesis.
                Err(failure) if failure.code == "unauthorized_signature" => {
                    tokio::time::sleep(STARTING).await;
                    last = failure;
                }
                Err(failure) => return Err(failure),
            }
        }
        *kept = None;
        Err(last)
    }

    async fn once(&self, body: &[u8], standing: Standing, gas: Gas) -> Result<Pending, Failure> {
        let limit = match gas {
            Gas::Limit(limit) => limit,
            Gas::Estimated | Gas::Roomy(_) => {
                gas.limit(self.node.simulate(self.sign(body, standing, SIMULATED)?).await?)
            }
        };
        let signed = self.sign(body, standing, limit)?;
        let hash = self.node.broadcast(&signed).await?;
        Ok(Pending { node: self.node.clone(), hash, signed, sequence: standing.sequence })
    }

    async fn learn(&self) -> Result<Standing, Failure> {
        let unknown = || Failure::new("unknown_account", format!("{} has never received anything", self.address));
        self.node.standing(&self.address).await?.ok_or_else(unknown)
    }

    fn sign(&self, body: &[u8], standing: Standing, gas_limit: u64) -> Result<Vec<u8>, Failure> {
        let key = PubKey { key: self.key.public() };
        let signer = SignerInfo {
            public_key: Some(Any { type_url: format!("/{}", PubKey::full_name()), value: key.encode_to_vec() }),
            mode_info: Some(ModeInfo { sum: Some(mode_info::Sum::Single(mode_info::Single { mode: DIRECT })) }),
            sequence: standing.sequence,
        };
        let fee = Fee { amount: self.gas_price.fee(gas_limit), gas_limit, ..Fee::default() };
        let auth_info_bytes =
            AuthInfo { signer_infos: vec![signer], fee: Some(fee), ..AuthInfo::default() }.encode_to_vec();
        let document = SignDoc {
            body_bytes: body.to_vec(),
            auth_info_bytes,
            chain_id: self.node.chain_id().to_string(),
            account_number: standing.number,
        };
        let signature = self.key.sign(&document.encode_to_vec())?;
        let SignDoc { body_bytes, auth_info_bytes, .. } = document;
        Ok(TxRaw { body_bytes, auth_info_bytes, signatures: vec![signature] }.encode_to_vec())
    }
}

impl Pending {
    /// Waits until it is in a block. A node that is killed forgets what it had not put in a block: every few seconds the
    /// same bytes are handed in again, which a node that still has them takes for what it has.
    ///
    /// # Errors
    /// As [`Wallet::send`]; `not_included` also once another transaction has had its sequence: then it never comes.
    pub async fn receipt(self) -> Result<Receipt, Failure> {
        let (began, mut handed_in) = (Instant::now(), Instant::now());
        loop {
            if let Some(receipt) = self.node.receipt(&self.hash).await? {
                return Ok(receipt);
            }
            if began.elapsed() > PATIENCE {
                return Err(Failure::new("not_included", format!("{} is in no block yet", self.hash)));
            }
            if handed_in.elapsed() > HAND_IN {
                handed_in = Instant::now();
                if self.is_overtaken().await {
                    // Perhaps by itself: the block that has it came in between.
                    let receipt = self.node.receipt(&self.hash).await?;
                    let words = || format!("another had the sequence {} of {}", self.sequence, self.hash);
                    return receipt.ok_or_else(|| Failure::new("not_included", words()));
                }
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Hands it in again; true if the chain is beyond its sequence.
    async fn is_overtaken(&self) -> bool {
        match self.node.broadcast(&self.signed).await {
            Err(failure) if failure.code == "wrong_sequence" => {
                expected(&failure.message).is_some_and(|next| next > self.sequence)
            }
            // Whatever else is wrong, the block will tell, or there will be none.
            _ => false,
        }
    }
}

/// The sequence that the chain wants: `account sequence mismatch, expected 3, got 2: …`.
fn expected(message: &str) -> Option<u64> {
    message.split_once("expected ")?.1.split_once(',')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gas_price_is_read_and_a_fee_rounds_up() {
        let price: GasPrice = "0.0025ustake".parse().unwrap();
        assert_eq!(price, GasPrice { micro: 2_500, denom: "ustake".to_string() });
        assert_eq!(price.fee(401)[0].amount, "2");
        assert_eq!(price.to_string().parse::<GasPrice>().unwrap(), price);
        assert!("0ustake".parse::<GasPrice>().unwrap().fee(1).is_empty());
        for bad in ["", "1", "0.12345678ustake", "x1"] {
            assert_eq!(bad.parse::<GasPrice>().unwrap_err().code, "invalid_gas_price", "{bad}");
        }
    }

    #[test]
    fn an_estimate_leaves_three_tenths_and_the_room_that_is_asked_for() {
        assert_eq!(Gas::Estimated.limit(100_001), 130_002);
        assert_eq!(Gas::Roomy(75_000).limit(100_001), 205_002);
        assert_eq!(Gas::Limit(7).limit(100_001), 7);
    }

    #[test]
    fn the_chain_says_which_sequence_it_wants() {
        assert_eq!(expected("account sequence mismatch, expected 3, got 2: incorrect account sequence"), Some(3));
        assert_eq!(expected("something else"), None);
    }
}
