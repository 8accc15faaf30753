//! A feed, a panel with keys, a clock in hand, and a storage that counts.

use cosmwasm_std::testing::{MockApi, MockQuerier, message_info, mock_env};
use cosmwasm_std::{Addr, Coin, Env, HexBinary, OwnedDeps, Response, Timestamp, Uint64, Uint128, coins, from_json};
use k256::ecdsa::signature::hazmat::PrehashSigner;
use k256::ecdsa::{Signature, SigningKey};
use serde::de::DeserializeOwned;
use tokfut_api::oracle::*;
use tokfut_api::wire::Wire;
use tokfut_core::fixing::{Scheme, digest};
use tokfut_core::time::{Clock, DAY, HOUR, Time};
use tokfut_storage::counting::{CountingStorage, Counts, Rows};

use crate::ContractError;
use crate::contract::{execute, instantiate, query};

/// When round 0 fixes.
pub const ANCHOR: u64 = 20_000 * DAY + 12 * HOUR;
/// The first round of the world's feeds.
pub const FIRST: u64 = 11;
/// From when a round may be finalised.
pub const FINAL_AFTER: u64 = 3 * HOUR + 900;

/// By how much a dispute puts that off.
pub const EXTENSION: u64 = 6 * HOUR;
/// From an announcement to its effect.
pub const TIMELOCK: u64 = 3 * DAY;
/// What a dispute costs, in `uusd`.
pub const BOND: u128 = 1_000_000;

pub struct World {
    pub deps: OwnedDeps<CountingStorage, MockApi, MockQuerier>,
    pub env: Env,
    pub keys: Vec<SigningKey>,
}

/// The key of publisher `number`.
pub fn key(number: usize) -> SigningKey {
    SigningKey::from_slice(&[number as u8 + 1; 32]).unwrap()
}

/// The signature of publisher `number`, secp256k1, over these bytes.
pub fn sign(number: usize, preimage: &[u8]) -> HexBinary {
    let signature: Signature = key(number).sign_prehash(&digest(preimage)).unwrap();
    HexBinary::from(signature.normalize_s().unwrap_or(signature).to_bytes().to_vec())
}

/// The address of a user.
pub fn address(name: &str) -> Addr {
    MockApi::default().addr_make(name)
}

/// The Ed25519 key of publisher `number`.
pub fn ed25519(number: usize) -> ed25519_zebra::SigningKey {
    ed25519_zebra::SigningKey::from([number as u8 + 1; 32])
}

/// A valid feed with a panel of `size`.
pub fn feed_config(id: u32, size: usize) -> FeedConfig {
    let publisher = |number| Publisher {
        name: format!("publisher {number}"),
        scheme: Scheme::Secp256k1,
        key: HexBinary::from(key(number).verifying_key().to_encoded_point(true).as_bytes()),
    };
    FeedConfig {
        id,
        symbol: "TOK".to_string(),
        unit: "USD per million benchmark tokens".to_string(),
        decimals: 4,
        anchor: Time::new(ANCHOR),
        interval: DAY,
        window: 2 * HOUR,
        late: 3 * HOUR,
        final_after: FINAL_AFTER,
        extension: EXTENSION,
        max_move: 150_000,
        max_dispersion: 20_000,
        outlier: 30_000,
        materiality: 1_000,
        max_value: Uint128::new(1_000_000),
        methodology_hash: HexBinary::from([0x33; 32]),
        methodology_uri: "https://example.org/tok".to_string(),
        publishers: (0..size).map(publisher).collect(),
    }
}

/// A valid instantiation with these feeds.
pub fn setup_msg(feeds: Vec<FeedConfig>) -> InstantiateMsg {
    let [administrator, guardian, arbiter, governance, sink] =
        ["administrator", "guardian", "arbiter", "governance", "sink"].map(|name| address(name).into_string());
    let dispute = DisputeTerms { denom: "uusd".to_string(), bond: Uint128::new(BOND), sink };
    let (timelock, clock) = (TIMELOCK, Clock::REAL);
    InstantiateMsg { administrator, guardian, arbiter, governance, timelock, dispute, clock, feeds }
}

/// A value that nobody has signed yet.
pub fn unsigned(publisher: u16, value: u128) -> Observation {
    Observation {
        publisher,
        status: ObservationStatus::Value,
        value: Uint128::new(value),
        dispersion: Uint128::new(7),
        observed_at: Uint64::new(1_795_330_812_345),
        input_count: 27,
        inputs_root: HexBinary::from([publisher as u8; 32]),
        signature: HexBinary::from([1; 64]),
    }
}

/// "There is none", not yet signed.
pub fn silent(publisher: u16) -> Observation {
    Observation { status: ObservationStatus::Unavailable, ..unsigned(publisher, 0) }
}

impl World {
    /// Feeds 1 and 2, alike, with a panel of `size` each, set up a second after round 10 fixed.
    pub fn of(size: usize) -> Self {
        Self::with(vec![feed_config(1, size), feed_config(2, size)]).unwrap()
    }

    pub fn with(feeds: Vec<FeedConfig>) -> Result<Self, ContractError> {
        Self::instantiated(setup_msg(feeds), ANCHOR + 10 * DAY + 1)
    }

    pub fn instantiated(msg: InstantiateMsg, now: u64) -> Result<Self, ContractError> {
        let size = msg.feeds.first().map_or(0, |feed| feed.publishers.len());
        let deps = OwnedDeps {
            storage: CountingStorage::default(),
            api: MockApi::default(),
            querier: MockQuerier::default(),
            custom_query_type: std::marker::PhantomData,
        };
        let mut world = Self { env: mock_env(), deps, keys: (0..size).map(key).collect() };
        world.env.contract.address = world.deps.api.addr_make("oracle");
        world.env.block.time = Timestamp::from_seconds(now);
        let info = message_info(&world.deps.api.addr_make("anyone"), &[]);
        instantiate(world.deps.as_mut(), world.env.clone(), info, Wire(msg))?;
        Ok(world)
    }

    /// Lets `since` seconds pass from the fixing time of `round`.
    pub fn at(&mut self, round: u64, since: u64) -> &mut Self {
        self.env.block.time = Timestamp::from_seconds(ANCHOR + round * DAY + since);
        self
    }

    pub fn ask<T: DeserializeOwned>(&self, msg: QueryMsg) -> Result<T, ContractError> {
        // Through JSON, as a client would ask.
        let msg = from_json(serde_json::to_vec(&msg).unwrap()).unwrap();
        query(self.deps.as_ref(), self.env.clone(), msg).map(|answer| from_json(answer).unwrap())
    }

    pub fn round(&self, round: u64) -> RoundResponse {
        self.ask(QueryMsg::Round { feed: 1, round }).unwrap()
    }

    pub fn state(&self, round: u64) -> String {
        self.round(round).state
    }

    /// What the publisher it names is to sign.
    pub fn preimage(&self, feed: u32, round: u64, revision: u16, observation: &Observation) -> PreimageResponse {
        let observation = observation.clone();
        self.ask(QueryMsg::Preimage { feed, round, revision, observation }).unwrap()
    }

    /// The signature of the publisher it names, over the bytes that the contract asks for.
    pub fn signature(&self, feed: u32, round: u64, revision: u16, observation: &Observation) -> HexBinary {
        let number = usize::from(observation.publisher);
        let asked = self.preimage(feed, round, revision, observation);
        match asked.scheme {
            Scheme::Secp256k1 => {
                let signature: Signature = self.keys[number].sign_prehash(&asked.message).unwrap();
                let signature = signature.normalize_s().unwrap_or(signature);
                HexBinary::from(signature.to_bytes().to_vec())
            }
            Scheme::Ed25519 => HexBinary::from(ed25519(number).sign(&asked.message).to_bytes()),
        }
    }

    /// The observation, signed for `round` of feed 1.
    pub fn signed(&self, round: u64, observation: Observation) -> Observation {
        self.revised(round, 0, observation)
    }

    /// The observation, signed for a revision of `round` of feed 1.
    pub fn revised(&self, round: u64, revision: u16, observation: Observation) -> Observation {
        Observation { signature: self.signature(1, round, revision, &observation), ..observation }
    }

    pub fn execute(&mut self, msg: ExecuteMsg, coins: &[Coin]) -> Result<Response, ContractError> {
        self.execute_as("relayer", msg, coins)
    }

    pub fn execute_as(&mut self, who: &str, msg: ExecuteMsg, coins: &[Coin]) -> Result<Response, ContractError> {
        let info = message_info(&address(who), coins);
        self.counted();
        // Through JSON, as it comes over the wire.
        let msg = from_json(serde_json::to_vec(&msg).unwrap()).unwrap();
        execute(self.deps.as_mut(), self.env.clone(), info, msg)
    }

    /// The administrator announces a change.
    pub fn announce(&mut self, change: Change) -> Result<Response, ContractError> {
        self.execute_as("administrator", ExecuteMsg::Announce { change }, &[])
    }

    pub fn dispute(&mut self, who: &str, round: u64) -> Result<Response, ContractError> {
        let evidence = HexBinary::from([0xee; 32]);
        self.execute_as(who, ExecuteMsg::Dispute { feed: 1, round, evidence }, &coins(BOND, "uusd"))
    }

    pub fn rule(&mut self, round: u64, ruling: Ruling) -> Result<Response, ContractError> {
        self.execute_as("arbiter", ExecuteMsg::Rule { feed: 1, round, ruling }, &[])
    }

    /// The proof that a publisher signed two values in `round` of feed 1.
    pub fn proof(&self, round: u64, publisher: u16, values: [u128; 2]) -> ExecuteMsg {
        let [first, second] = values.map(|value| self.signed(round, unsigned(publisher, value)));
        ExecuteMsg::ReportEquivocation { feed: 1, round, revision: 0, first, second }
    }

    pub fn credit(&self, who: &str) -> u128 {
        let address = address(who).into_string();
        self.ask::<CreditResponse>(QueryMsg::Credit { address }).unwrap().amount.u128()
    }

    pub fn pending(&self) -> Vec<PendingChange> {
        self.ask(QueryMsg::Pending { feed: 1 }).unwrap()
    }

    pub fn submit(&mut self, round: u64, observations: Vec<Observation>) -> Result<Response, ContractError> {
        self.execute(ExecuteMsg::Submit { feed: 1, round, revision: 0, observations }, &[])
    }

    /// Publishers from 0 on answer `round` of feed 1 with these values, in one message.
    pub fn answer(&mut self, round: u64, values: &[u128]) -> Response {
        let observations = (0..).zip(values).map(|(publisher, value)| unsigned(publisher, *value));
        let observations: Vec<_> = observations.map(|observation| self.signed(round, observation)).collect();
        self.submit(round, observations).unwrap()
    }

    pub fn finalise(&mut self, limit: u32) -> Result<Response, ContractError> {
        self.execute(ExecuteMsg::Finalise { feed: 1, limit: Some(limit) }, &[])
    }

    /// All answer `round` with `value`, and it is made final.
    pub fn fix(&mut self, round: u64, value: u128) {
        let values = vec![value; self.keys.len()];
        self.at(round, 0).answer(round, &values);
        self.at(round, FINAL_AFTER).finalise(30).unwrap();
    }

    /// What was done to the storage since the last message began, or since the last call.
    pub fn counted(&self) -> Counts {
        self.deps.storage.counted()
    }

    /// Everything stored.
    pub fn dump(&self) -> Rows {
        self.deps.storage.rows()
    }

    /// The code with which the message is refused; the storage is as it was, even without the chain's revert.
    pub fn refused(&mut self, msg: ExecuteMsg) -> String {
        self.refused_as("relayer", msg, &[])
    }

    /// Likewise of somebody in particular, with coins.
    pub fn refused_as(&mut self, who: &str, msg: ExecuteMsg, coins: &[Coin]) -> String {
        let before = self.dump();
        let error = self.execute_as(who, msg, coins).unwrap_err();
        assert_eq!(self.dump(), before);
        code(&error)
    }

    /// The code with which these observations are refused in `round` of feed 1.
    pub fn refuses(&mut self, round: u64, observations: Vec<Observation>) -> String {
        self.refused(ExecuteMsg::Submit { feed: 1, round, revision: 0, observations })
    }
}

/// The code of an error, which its text begins with; the text ends with its clause.
pub fn code(error: &ContractError) -> String {
    let text = error.to_string();
    let clause = text.rsplit('(').next().unwrap();
    assert!(clause.ends_with(')') && clause.starts_with(|first: char| first.is_ascii_digit()), "{text}");
    error.code()
}
