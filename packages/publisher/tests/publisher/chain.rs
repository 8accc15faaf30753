//! From quotes to a final fixing on the embedded chain, and everything that may go wrong between.

use tokfut_api::oracle::{ExecuteMsg, Publisher, RoundResponse};
use tokfut_core::fixing::Scheme;
use tokfut_core::index::Fixing;
use tokfut_embedded::World;
use tokfut_publisher::recompute::{Claim, recompute};
use tokfut_publisher::{Delivered, Error, LeafFile, Oracle, Refusal, Relay, Signed, deliver, submission};
use tokfut_scenario::WorldSpec;

use crate::world::{Chain, Office, TOK, key_file, tok};

/// The round of 30 July 2026, on which one vendor cut two prices.
const ROUND: u64 = 293;

/// The day's fixing by seven publishers, each from its own computation, signed; the chain is in the window.
fn day() -> (Chain, Office, Oracle, Vec<Signed>) {
    let (mut chain, office) = (Chain::reference(), Office::new());
    chain.at("2026-07-30T12:00:01Z");
    let (oracle, file) = (chain.oracle().unwrap(), office.leaves("2026-07-30"));
    let signed = (0..7).map(|publisher| office.signed(&oracle, &file, publisher)).collect();
    (chain, office, oracle, signed)
}

fn with_value(file: &LeafFile, value: u64) -> LeafFile {
    LeafFile { fixing: Some(Fixing { value, dispersion: 0 }), ..file.clone() }
}

#[test]
fn the_chain_holds_the_integer_and_the_root_that_anybody_computes_again() {
    let (mut chain, office, _, signed) = day();
    assert_eq!(deliver(&mut chain, &signed).unwrap(), Delivered::Now((0..7).collect()));
    chain.at("2026-07-30T15:15:00Z");
    let latest = chain.finalise();
    assert_eq!((latest.round, latest.value.u128()), (ROUND, 16_745));
    let file = LeafFile::parse(&office.leaves("2026-07-30").text()).unwrap();
    let claim = Claim::from_answer(&serde_json::to_string(&latest).unwrap()).unwrap();
    let found = recompute(&tok(), &file, &[claim], None);
    assert_eq!(found.differences, Vec::<String>::new());
    assert_eq!(found.fixing.unwrap().value, 16_745);
    assert_eq!(found.root.unwrap().as_slice(), latest.inputs_root.as_slice());
}

#[test]
fn delivering_again_is_success_and_changes_nothing() {
    let (mut chain, _, _, signed) = day();
    assert_eq!(deliver(&mut chain, &signed[..3]).unwrap(), Delivered::Now(vec![0, 1, 2]));
    let before = chain.0.borrow().fingerprint();
    assert_eq!(deliver(&mut chain, &signed[..3]).unwrap(), Delivered::Before);
    assert_eq!(chain.0.borrow().fingerprint(), before);
    assert_eq!(deliver(&mut chain, &signed).unwrap(), Delivered::Now(vec![3, 4, 5, 6]));
}

/// A way to the chain on which another relayer is always faster: his messages arrive just before ours.
struct Race {
    chain: Chain,
    others: Vec<ExecuteMsg>,
}

impl Relay for Race {
    fn oracle(&mut self) -> Result<Oracle, Error> {
        self.chain.oracle()
    }

    fn block_seconds(&mut self) -> Result<u64, Refusal> {
        self.chain.block_seconds()
    }

    fn round(&mut self, feed: u32, round: u64) -> Result<Option<RoundResponse>, Refusal> {
        self.chain.round(feed, round)
    }

    fn submit(&mut self, message: &ExecuteMsg) -> Result<(), Refusal> {
        if let Some(other) = self.others.pop() {
            self.chain.submit(&other).unwrap();
        }
        self.chain.submit(message)
    }
}

#[test]
fn two_relayers_at_once_do_no_harm() {
    let (chain, _, _, signed) = day();
    let others = [4..6, 2..4].map(|range| submission(&signed[range]).unwrap()).into();
    let mut race = Race { chain: chain.clone(), others };
    assert_eq!(deliver(&mut race, &signed).unwrap(), Delivered::Now(vec![0, 1, 6]));
    let (chain, _, _, signed) = day();
    let mut race = Race { chain: chain.clone(), others: vec![submission(&signed).unwrap()] };
    assert_eq!(deliver(&mut race, &signed).unwrap(), Delivered::Before, "the other one brought all of it");
    assert_eq!(chain.answers(ROUND), (0..7).map(|publisher| (publisher, Some(16_745))).collect::<Vec<_>>());
}

#[test]
fn one_bad_observation_stops_the_delivery_before_it_sinks_the_others() {
    let (mut chain, _, _, mut signed) = day();
    signed[3].observation.value += cosmwasm_std::Uint128::new(1);
    let before = chain.0.borrow().fingerprint();
    let error = deliver(&mut chain, &signed).unwrap_err().to_string();
    assert_eq!(error, "bad_observation: publisher 3 (publisher-4) did not sign this for round 293");
    assert_eq!(chain.0.borrow().fingerprint(), before);
}

#[test]
fn an_observation_for_another_chain_feed_seat_or_round_is_refused_before_it_is_sent() {
    let (mut chain, _, oracle, signed) = day();
    let refused = |change: fn(&mut Signed)| {
        let mut changed = signed[0].clone();
        change(&mut changed);
        changed.verify(&oracle).unwrap_err().to_string().replace("bad_observation: ", "")
    };
    assert_eq!(refused(|signed| signed.domain = [7; 32].into()), "signed for another chain or contract");
    assert_eq!(refused(|signed| signed.feed = 2), "of feed 2 TOK, not 1 TOK");
    assert_eq!(refused(|signed| signed.round = 294), "its fixing time is not that of its round");
    assert_eq!(refused(|signed| signed.observation.publisher = 7), "publisher 7 is not in the panel");
    let not_signed = "publisher 1 (publisher-2) did not sign this for round 293";
    assert_eq!(refused(|signed| signed.observation.publisher = 1), not_signed);
    assert!(refused(|signed| signed.revision = 1).contains("did not sign this"));
    assert_eq!(signed[0].verify(&oracle).unwrap(), "publisher-1");
    let nobody: &[Signed] = &[];
    assert_eq!(submission(nobody).unwrap_err().to_string(), "bad_observation: there are none");
    assert_eq!(deliver(&mut chain, nobody).unwrap(), Delivered::Before);
}

#[test]
fn a_second_different_answer_is_never_signed_and_the_same_one_is_signed_alike() {
    let (_, office, oracle, signed) = day();
    let file = office.leaves("2026-07-30");
    let again = LeafFile { observed_at: signed[0].observation.observed_at.u64(), ..file.clone() };
    assert_eq!(office.signed(&oracle, &again, 0), signed[0]);
    for other in [with_value(&again, 16_746), LeafFile { observed_at: again.observed_at + 1, ..again.clone() }] {
        let error = office.journal(0).sign(&oracle, &other, &office.key(0), 0).unwrap_err().to_string();
        assert!(error.starts_with("already_signed: "), "{error}");
    }
    assert_eq!(office.journal(0).find(&oracle, &office.key(0), ROUND).unwrap().as_ref(), Some(&signed[0]));
    assert_eq!(office.journal(0).find(&oracle, &office.key(1), ROUND).unwrap(), None, "by key");
    // A restatement is an answer of its own.
    let restated = office.journal(0).sign(&oracle, &with_value(&again, 17_000), &office.key(0), 1).unwrap();
    assert_eq!(restated.verify(&oracle).unwrap(), "publisher-1");
}

#[test]
fn a_key_that_somebody_else_signs_with_is_found_out() {
    let (mut chain, office, oracle, signed) = day();
    let file = with_value(&office.leaves("2026-07-30"), 16_000);
    let thief = Office::new().journal(0).sign(&oracle, &file, &office.key(0), 0).unwrap();
    deliver(&mut chain, &[thief]).unwrap();
    let error = deliver(&mut chain, &signed).unwrap_err().to_string();
    let expected = "answered_otherwise: publisher 0 has answered 16000 in round 293, not 16745";
    assert!(error.starts_with(expected), "{error}");
}

#[test]
fn leaves_by_another_methodology_and_keys_without_a_seat_sign_nothing() {
    let (_, office, oracle, _) = day();
    let file = office.leaves("2026-07-30");
    let other = LeafFile { methodology: [9; 32], ..file.clone() };
    let sign = |file: &LeafFile, key| office.journal(0).sign(&oracle, file, &key, 0).unwrap_err().to_string();
    assert!(sign(&other, office.key(0)).starts_with("other_methodology: "));
    assert!(sign(&file, office.key(7)).starts_with("not_on_the_panel: no publisher of feed TOK has the key "));
}

#[test]
fn ed25519_publishers_sit_beside_the_others() {
    let office = Office::new();
    let key =
        tokfut_publisher::Key::load(&key_file(&office.path("ed"), &format!("ed25519:{}", "07".repeat(32)))).unwrap();
    let mut spec = WorldSpec::reference().unwrap();
    let panel = tokfut_scenario::Panel::reference(3).unwrap().publishers();
    let ed25519 = Publisher { name: "ed".to_string(), scheme: Scheme::Ed25519, key: key.public().into() };
    spec.feeds[0].publishers = [&panel[..2], &[ed25519], &panel[2..]].concat();
    let mut chain = Chain(std::rc::Rc::new(std::cell::RefCell::new(World::deploy(spec).unwrap())));
    chain.at("2026-07-30T12:00:01Z");
    let (oracle, file) = (chain.oracle().unwrap(), office.leaves("2026-07-30"));
    let signed = office.journal(9).sign(&oracle, &file, &key, 0).unwrap();
    assert_eq!((signed.observation.publisher, signed.verify(&oracle).unwrap()), (2, "ed"));
    assert_eq!(deliver(&mut chain, &[signed]).unwrap(), Delivered::Now(vec![2]));
    let message = submission(&[office.signed(&oracle, &file, 2), office.signed(&oracle, &file, 1)]).unwrap();
    let ExecuteMsg::Submit { observations, feed, .. } = &message else { panic!() };
    let order: Vec<u16> = observations.iter().map(|said| said.publisher).collect();
    assert_eq!((*feed, order), (TOK, vec![1, 3]), "in order of seats");
    chain.submit(&message).unwrap();
    assert_eq!(chain.answers(ROUND).len(), 3);
}
