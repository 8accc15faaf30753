//! A year of daily fixings by seven publishers with all that can go amiss, then every window against a recount.

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

    /// What happens on the `day`th day.
    fn day(&mut self, day: u64) {
        let round = FIRST + day;
        let mut values = self.honest();
        if (50..75).contains(&day) {
            // Jailed on the 50th day, replaced on the 75th.
            values[3] = None;
        }
        match day {
            // One is silent.
            20..=25 => {
                values[6] = None;
                self.ordinary(round, &values);
            }
            30 => self.one_is_late(round, values),
            31 => self.the_quorum_is_late(round, &values),
            // One is off by 11 %.
            40 => {
                values[4] = values[4].map(|value| value * 111 / 100);
                self.ordinary(round, &values);
            }
            50 => self.one_equivocates(round, &values),
            60 => {
                self.ordinary(round, &values);
                self.members[3] = 7;
                let (from, publishers) = (self.time(FIRST + 75), self.publishers());
                self.announce(Change::Panel { feed: FEED, from, publishers });
                self.members[3] = 3;
            }
            75 => {
                self.members[3] = 7;
                self.ordinary(round, &values);
            }
            90 => {
                self.ordinary(round, &values);
                let (from, hash) = (self.time(FIRST + 110), HexBinary::from([2; 32]));
                self.announce(Change::Methodology { feed: FEED, from, hash, uri: "urn:tokfut:tok:2".to_string() });
            }
            110 => {
                let old = self.submission(round, 0, &values);
                self.at(round, 0);
                assert_eq!(self.send("relayer", &old, 0).unwrap_err().code, "bad_signature");
                self.methodology = [2; 32];
                self.ordinary(round, &values);
            }
            120 => self.a_day_is_missed(round, &values),
            130 => self.a_day_is_held(round, &values),
            140 => self.a_day_is_restated(round, &values),
            150 => self.a_dispute_is_upheld(round, &values),
            160 => self.a_dispute_is_dismissed(round, &values),
            170 => self.a_dispute_lapses(round, &values),
            // Nobody is there for three days.
            180..=182 => {}
            _ => self.ordinary(round, &values),
        }
    }

    fn one_is_late(&mut self, round: u64, mut values: Values) {
        let late = values[5].take().unwrap();
        self.at(round, HOUR);
        let msg = self.submission(round, 0, &values);
        self.send("relayer", &msg, 0).unwrap();
        self.at(round, 2 * HOUR);
        let observations = vec![self.observation(round, 0, 5, late)];
        let msg = ExecuteMsg::Submit { feed: FEED, round, revision: 0, observations };
        assert_eq!(self.send("relayer", &msg, 0).unwrap_err().code, "round_closed");
        self.expect(round, &values);
        self.finalise(round, FINAL_AFTER);
    }

    fn the_quorum_is_late(&mut self, round: u64, values: &[Option<u128>]) {
        self.at(round, HOUR);
        let msg = self.submission(round, 0, &values[..4]);
        self.send("relayer", &msg, 0).unwrap();
        self.at(round, 3 * HOUR - 1);
        let observations = vec![self.observation(round, 0, 4, values[4].unwrap())];
        self.send("relayer", &ExecuteMsg::Submit { feed: FEED, round, revision: 0, observations }, 0).unwrap();
        self.expect(round, &values[..5]);
        self.finalise(round, FINAL_AFTER);
    }

    fn one_equivocates(&mut self, round: u64, values: &[Option<u128>]) {
        let [first, second] = [16_000, 17_000].map(|value| self.observation(round, 0, 3, value));
        self.at(round, 0);
        let report = ExecuteMsg::ReportEquivocation { feed: FEED, round, revision: 0, first: first.clone(), second };
        self.send("anyone", &report, 0).unwrap();
        let refused = ExecuteMsg::Submit { feed: FEED, round, revision: 0, observations: vec![first] };
        assert_eq!(self.send("relayer", &refused, 0).unwrap_err().code, "jailed");
        self.ordinary(round, values);
    }

    fn a_day_is_missed(&mut self, round: u64, values: &[Option<u128>]) {
        self.at(round, HOUR);
        let msg = self.submission(round, 0, &values[..4]);
        self.send("relayer", &msg, 0).unwrap();
        self.finalise(round, FINAL_AFTER);
        assert_eq!(self.state(round), "void");
    }

    fn a_day_is_held(&mut self, round: u64, values: &[Option<u128>]) {
        let mut values = values.to_vec();
        values[..4].iter_mut().for_each(|value| *value = value.map(|value| value * 6 / 5));
        self.at(round, HOUR);
        let msg = self.submission(round, 0, &values);
        self.send("relayer", &msg, 0).unwrap();
        assert_eq!(self.state(round), "held");
        self.finalise(round, FINAL_AFTER);
        assert_eq!(self.state(round), "void");
    }

    fn a_day_is_restated(&mut self, round: u64, values: &[Option<u128>]) {
        self.at(round, HOUR);
        let wrong: Values = values.iter().map(|value| value.map(|value| value * 102 / 100)).collect();
        let msg = self.submission(round, 0, &wrong);
        self.send("relayer", &msg, 0).unwrap();
        let msg = self.submission(round, 1, &values[..5]);
        self.send("relayer", &msg, 0).unwrap();
        self.expect(round, &values[..5]);
        self.finalise(round, FINAL_AFTER);
    }

    fn disputed(&mut self, round: u64, values: &[Option<u128>]) {
        self.at(round, HOUR);
        let msg = self.submission(round, 0, values);
        self.send("relayer", &msg, 0).unwrap();
        self.dispute(round);
        self.at(round, FINAL_AFTER);
        let finalise = ExecuteMsg::Finalise { feed: FEED, limit: None };
        assert_eq!(self.send("anyone", &finalise, 0).unwrap_err().code, "nothing_to_finalise");
    }

    fn a_dispute_is_upheld(&mut self, round: u64, values: &[Option<u128>]) {
        self.disputed(round, values);
        self.send("arbiter", &ExecuteMsg::Rule { feed: FEED, round, ruling: Ruling::Void }, 0).unwrap();
        self.finalise(round, FINAL_AFTER + MINUTE);
        assert_eq!(self.state(round), "void");
    }

    fn a_dispute_is_dismissed(&mut self, round: u64, values: &[Option<u128>]) {
        self.disputed(round, values);
        self.send("arbiter", &ExecuteMsg::Rule { feed: FEED, round, ruling: Ruling::Dismiss }, 0).unwrap();
        self.expect(round, values);
        self.finalise(round, FINAL_AFTER + MINUTE);
    }

    fn a_dispute_lapses(&mut self, round: u64, values: &[Option<u128>]) {
        self.disputed(round, values);
        self.expect(round, values);
        self.finalise(round, FINAL_AFTER + 6 * HOUR);
    }

    fn carry(&self) -> Carry {
        self.ask::<StatusResponse>(&QueryMsg::Status { feed: FEED }).unwrap().status
    }

    /// A random time from a few days before the first round to a few days after the last.
    fn moment(&mut self) -> Time {
        let from = self.time(FIRST - 3).seconds();
        Time::new(from + self.numbers.below((DAYS + 6) * DAY))
    }

    fn check_mean(&self, from: Time, to: Time) {
        let within: Vec<u64> =
            (FIRST - 10..FIRST + DAYS + 10).filter(|round| (from..=to).contains(&self.time(*round))).collect();
        let values: Vec<u128> = within.iter().filter_map(|round| self.expected.get(round)).copied().collect();
        let (sum, finals) = (values.iter().sum::<u128>(), count(values.len()));
        let told: WindowResponse = self.ask(&QueryMsg::Window { feed: FEED, from, to }).unwrap();
        let settled = count(within.iter().filter(|round| **round < FIRST + DAYS).count());
        assert_eq!((told.expected, told.finals, told.sum.u128()), (count(within.len()), finals, sum), "{from} {to}");
        assert_eq!((told.missing, told.complete), (settled - finals, settled == count(within.len())));
        let Some(mean) = told.mean.map(|mean| mean.u128()) else {
            assert_eq!(finals, 0);
            assert_eq!(
                self.ask::<MeanResponse>(&QueryMsg::Mean { feed: FEED, from, to }).unwrap_err().code,
                "no_fixing"
            );
            return;
        };
        // The mean is sum / finals exactly, and `mean` the integer below it.
        assert!(mean * u128::from(finals) <= sum && sum < (mean + 1) * u128::from(finals));
        let asked: MeanResponse = self.ask(&QueryMsg::Mean { feed: FEED, from, to }).unwrap();
        assert_eq!((asked.sum.u128(), asked.finals, asked.mean.u128()), (sum, finals, mean));
    }

    fn check_twap(&self, from: Time, to: Time) {
        // Each fixing from its own time, or `from`, to the next one's, or `to`.
        let fixed: Vec<(u64, u128)> =
            self.expected.iter().map(|(round, value)| (self.time(*round).seconds(), *value)).collect();
        let ends = fixed.iter().skip(1).map(|(time, _)| *time).chain([u64::MAX]);
        let stood = |begin: u64, end: u64| end.min(to.seconds()).saturating_sub(begin.max(from.seconds()));
        let integral: u128 =
            fixed.iter().zip(ends).map(|((begin, value), end)| value * u128::from(stood(*begin, end))).sum();
        let asked: TwapResponse = self.ask(&QueryMsg::Twap { feed: FEED, from, to }).unwrap();
        assert_eq!((asked.integral.u128(), asked.seconds), (integral, to.seconds() - from.seconds()), "{from} {to}");
        assert_eq!(asked.twap.u128(), integral / u128::from(asked.seconds));
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
