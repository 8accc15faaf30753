//! A year of daily fixings by seven publishers with all that can go amiss, then every window against a recount.

mod days;
mod recount;

use std::collections::BTreeMap;

use cosmwasm_std::{Coin, HexBinary, Uint64, Uint128, Uint256};
use tokfut_api::oracle::*;
use tokfut_core::fixing::{Carry, Frame, Observation as Said, PublisherKey, Scheme, digest, set_digest};
use tokfut_core::time::{DAY, HOUR, MINUTE, Time};
use tokfut_embedded::panel::Panel;
use tokfut_embedded::{Contract, Failure, World};

/// The first round of the reference world: 1 June 2026.
const FIRST: u64 = 234;
/// A year of rounds.
const DAYS: u64 = 365;
/// From a fixing time until it may be final.
const FINAL_AFTER: u64 = 3 * HOUR + 15 * MINUTE;
const FEED: u32 = 1;

/// Numbers that only look random: SplitMix64.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }
}

/// The chain, the publishers as they are told by the administrator's announcements, and the fixings as they must be.
struct Year {
    world: World,
    panel: Panel,
    /// The numbers of the publishers in order of index.
    members: Vec<u16>,
    methodology: [u8; 32],
    numbers: Numbers,
    price: u128,
    expected: BTreeMap<u64, u128>,
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap()
}

/// What publishers say, in order of index; none: silent.
type Values = Vec<Option<u128>>;

impl Year {
    fn new() -> Self {
        let world = World::reference().unwrap();
        let feed = world.spec().feed("TOK").unwrap();
        let methodology = feed.methodology_hash.as_slice().try_into().unwrap();
        let (panel, members) = (Panel::reference(8).unwrap(), (0..7).collect());
        let numbers = Numbers(7);
        Self { world, panel, members, methodology, numbers, price: 16_000, expected: BTreeMap::new() }
    }

    fn time(&self, round: u64) -> Time {
        let feed = self.world.spec().feed("TOK").unwrap();
        Time::new(feed.anchor.seconds() + round * feed.interval)
    }

    fn at(&mut self, round: u64, since: u64) {
        let time = Time::new(self.time(round).seconds() + since);
        self.world.advance_to(time).unwrap();
    }

    fn send(&mut self, from: &str, msg: &ExecuteMsg, bond: u128) -> Result<(), Failure> {
        let funds = if bond == 0 { vec![] } else { vec![Coin::new(bond, "uusd")] };
        self.world.execute(Contract::Oracle, from, msg, &funds).map(|_| ())
    }

    fn ask<T: serde::de::DeserializeOwned>(&self, msg: &QueryMsg) -> Result<T, Failure> {
        self.world.query(Contract::Oracle, msg)
    }

    fn state(&self, round: u64) -> String {
        self.ask::<RoundResponse>(&QueryMsg::Round { feed: FEED, round }).unwrap().state
    }

    /// Publishers in order of index, as the administrator announces them.
    fn publishers(&self) -> Vec<Publisher> {
        let all = self.panel.publishers();
        self.members.iter().map(|number| all[usize::from(*number)].clone()).collect()
    }

    fn frame(&self, round: u64, revision: u16) -> Frame {
        let feed = self.world.spec().feed("TOK").unwrap();
        let key = |publisher: &Publisher| PublisherKey::parse(0, Scheme::Secp256k1, &publisher.key).unwrap();
        let keys: Vec<_> = self.publishers().iter().map(key).collect();
        let known = self.world.frame(feed, round, self.time(round)).unwrap();
        let (set_digest, methodology_hash) = (set_digest(&keys).unwrap(), self.methodology);
        Frame { set_digest, methodology_hash, revision, ..known }
    }

    fn observation(&self, round: u64, revision: u16, publisher: u16, value: u128) -> Observation {
        let said = Said {
            publisher,
            value: Some(value),
            dispersion: 0,
            observed_at: self.time(round).seconds() * 1_000,
            input_count: 1,
            inputs_root: digest(&value.to_be_bytes()),
        };
        let signer = self.members[usize::from(publisher)];
        Observation {
            publisher,
            status: ObservationStatus::Value,
            value: Uint128::new(value),
            dispersion: Uint128::zero(),
            observed_at: Uint64::new(said.observed_at),
            input_count: 1,
            inputs_root: HexBinary::from(said.inputs_root),
            signature: self.panel.sign(signer, &self.frame(round, revision).preimage(&said)).unwrap(),
        }
    }

    fn submission(&self, round: u64, revision: u16, values: &[Option<u128>]) -> ExecuteMsg {
        let said = (0u16..).zip(values).filter_map(|(publisher, value)| Some((publisher, (*value)?)));
        let observations = said.map(|(publisher, value)| self.observation(round, revision, publisher, value)).collect();
        ExecuteMsg::Submit { feed: FEED, round, revision, observations }
    }

    /// Seven honest values about today's price, which has moved by at most 1 % since yesterday.
    fn honest(&mut self) -> Values {
        self.price = self.price * (990 + u128::from(self.numbers.below(21))) / 1_000;
        let near = |numbers: &mut Numbers, price: u128| price - 10 + u128::from(numbers.below(21));
        (0..7).map(|_| Some(near(&mut self.numbers, self.price))).collect()
    }

    /// The round is answered within the window and, later, made final by anybody.
    fn ordinary(&mut self, round: u64, values: &[Option<u128>]) {
        self.at(round, HOUR);
        let msg = self.submission(round, 0, values);
        self.send("relayer", &msg, 0).unwrap();
        self.expect(round, values);
        self.finalise(round, FINAL_AFTER);
    }

    /// The lower median, counted otherwise than the contract does: the least value that half of all do not exceed.
    fn expect(&mut self, round: u64, values: &[Option<u128>]) {
        let said: Vec<u128> = values.iter().flatten().copied().collect();
        let half = |value: &u128| 2 * said.iter().filter(|other| *other <= value).count() >= said.len();
        let median = said.iter().copied().filter(half).min().unwrap();
        self.expected.insert(round, median);
    }

    fn finalise(&mut self, round: u64, since: u64) {
        self.at(round, since);
        self.send("anyone", &ExecuteMsg::Finalise { feed: FEED, limit: None }, 0).unwrap();
    }

    fn announce(&mut self, change: Change) {
        self.send("administrator", &ExecuteMsg::Announce { change }, 0).unwrap();
    }

    fn dispute(&mut self, round: u64) {
        let evidence = HexBinary::from([9; 32]);
        self.send("alice", &ExecuteMsg::Dispute { feed: FEED, round, evidence }, 1_000_000_000).unwrap();
    }

    fn carry(&self) -> Carry {
        self.ask::<StatusResponse>(&QueryMsg::Status { feed: FEED }).unwrap().status
    }
}

#[test]
fn a_year_of_fixings_with_all_that_can_go_amiss_recounts_exactly() {
    let mut year = Year::new();
    for day in 0..DAYS {
        year.day(day);
        if day == 182 {
            year.at(FIRST + day, FINAL_AFTER);
            assert_eq!(year.carry(), Carry::Carried);
        }
        if day % 60 == 0 {
            tokfut_embedded::check(&year.world).unwrap();
        }
    }
    assert_eq!(year.carry(), Carry::Ok);
    // Void: missed, held, upheld, and three days without anybody.
    assert_eq!(count(year.expected.len()), DAYS - 6);
    let announced: BTreeMap<u64, u128> = year.world.watch().fixings(FEED).collect();
    assert_eq!(announced, year.expected);

    for _ in 0..1_000 {
        let (one, other) = (year.moment(), year.moment());
        year.check_mean(one.min(other), one.max(other));
        let begin = year.time(FIRST);
        if one.min(other) >= begin && one != other {
            year.check_twap(one.min(other), one.max(other));
        }
    }

    // Of three bonds two went back and one to the treasury; nothing of them is left behind.
    let oracle = year.world.address(Contract::Oracle).clone();
    assert_eq!(year.world.balance_of(&oracle).unwrap(), Uint256::from(3_000_000_000u64));
    for (who, bonds) in [("alice", 2_000_000_000u64), ("treasury", 1_000_000_000)] {
        let before = year.world.balance(who).unwrap();
        year.send(who, &ExecuteMsg::Claim {}, 0).unwrap();
        assert_eq!(year.world.balance(who).unwrap() - before, Uint256::from(bonds), "{who}");
        assert_eq!(year.send(who, &ExecuteMsg::Claim {}, 0).unwrap_err().code, "no_credit");
    }
    assert_eq!(year.world.balance_of(&oracle).unwrap(), Uint256::zero());
    tokfut_embedded::check(&year.world).unwrap();
}
