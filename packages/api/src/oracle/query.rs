//! What can be asked of the oracle (clause 7.7).

use std::collections::BTreeMap;

use cosmwasm_std::HexBinary;
use schemars::JsonSchema;
use schemars::schema::RootSchema;
use serde::{Deserialize, Serialize};
use tokfut_core::time::Time;

use super::{
    ConfigResponse, CreditResponse, FeedConfig, FeedResponse, FixingResponse, JailedResponse, MeanResponse,
    MethodologyResponse, Observation, PendingChange, PreimageResponse, PublishersResponse, RoundResponse,
    StatusResponse, TwapResponse, WindowResponse,
};

/// What can be asked of the oracle.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum QueryMsg {
    /// Roles and clock.
    Config {},
    /// All feeds with their panels.
    Feeds {},
    /// One feed, and where it stands.
    Feed {
        /// The feed's number.
        feed: u32,
    },
    /// The changes of a feed that are announced and have not taken effect.
    Pending {
        /// The feed's number.
        feed: u32,
    },
    /// The panel of a round, with who is jailed.
    Publishers {
        /// The feed's number.
        feed: u32,
        /// The round; the one that fixed last, if not given.
        #[serde(default)]
        round: Option<u64>,
    },
    /// The methodology of a round.
    Methodology {
        /// The feed's number.
        feed: u32,
        /// The round; the one that fixed last, if not given.
        #[serde(default)]
        round: Option<u64>,
    },
    /// Who is jailed, in order of identity.
    Jailed {
        /// Only those after this identity.
        #[serde(default)]
        after: Option<HexBinary>,
        /// At most this many, 30 if not given, 1 to 100.
        #[serde(default)]
        limit: Option<u32>,
    },
    /// How far a feed may be leant on (clause 7.10).
    Status {
        /// The feed's number.
        feed: u32,
    },
    /// What an address may claim.
    Credit {
        /// The address.
        address: String,
    },
    /// The latest final fixing.
    Latest {
        /// The feed's number.
        feed: u32,
    },
    /// The latest final fixing at or before a time.
    AtOrBefore {
        /// The feed's number.
        feed: u32,
        /// The time.
        time: Time,
    },
    /// Final fixings of a window of time, both ends in: how many, their sum and mean.
    Window {
        /// The feed's number.
        feed: u32,
        /// The first fixing time that counts.
        from: Time,
        /// The last fixing time that counts.
        to: Time,
    },
    /// The mean of the final fixings of a window, both ends in; an error if there is none.
    Mean {
        /// The feed's number.
        feed: u32,
        /// The first fixing time that counts.
        from: Time,
        /// The last fixing time that counts.
        to: Time,
    },
    /// The time-weighted average: each final fixing stands from its fixing time to the next one's. An error if none is
    /// dated at or before `from`, or the window is empty.
    Twap {
        /// The feed's number.
        feed: u32,
        /// The beginning.
        from: Time,
        /// The end, exclusive.
        to: Time,
    },
    /// Where a round stands, with its answers.
    Round {
        /// The feed's number.
        feed: u32,
        /// The round.
        round: u64,
    },
    /// The exact bytes that a publisher signs (clause 7.2).
    Preimage {
        /// The feed's number.
        feed: u32,
        /// The round.
        round: u64,
        /// 0, if not given, or 1.
        #[serde(default)]
        revision: u16,
        /// The observation; its signature is not looked at.
        observation: Observation,
    },
    /// The latest final fixing; an error if it is older than asked.
    Price {
        /// The feed's number.
        feed: u32,
        /// Seconds since its fixing time.
        max_age: u64,
    },
}

impl QueryMsg {
    /// The schema of the response to each query, by its name on the wire.
    pub fn responses() -> BTreeMap<String, RootSchema> {
        let schemas = [
            ("config", schemars::schema_for!(ConfigResponse)),
            ("feeds", schemars::schema_for!(Vec<FeedConfig>)),
            ("feed", schemars::schema_for!(FeedResponse)),
            ("pending", schemars::schema_for!(Vec<PendingChange>)),
            ("publishers", schemars::schema_for!(PublishersResponse)),
            ("methodology", schemars::schema_for!(MethodologyResponse)),
            ("jailed", schemars::schema_for!(Vec<JailedResponse>)),
            ("status", schemars::schema_for!(StatusResponse)),
            ("credit", schemars::schema_for!(CreditResponse)),
            ("latest", schemars::schema_for!(FixingResponse)),
            ("at_or_before", schemars::schema_for!(FixingResponse)),
            ("window", schemars::schema_for!(WindowResponse)),
            ("mean", schemars::schema_for!(MeanResponse)),
            ("twap", schemars::schema_for!(TwapResponse)),
            ("round", schemars::schema_for!(RoundResponse)),
            ("preimage", schemars::schema_for!(PreimageResponse)),
            ("price", schemars::schema_for!(FixingResponse)),
        ];
        schemas.map(|(query, schema)| (query.to_string(), schema)).into()
    }
}
