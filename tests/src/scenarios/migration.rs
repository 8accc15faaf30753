//! New code over a market at work (clause 8.2).

use serde_json::json;
use tokfut_api::migration::Migrated;
use tokfut_embedded::Contract;
use tokfut_testkit::{TestWorld, Trader, buy, sell, usd};

const DEC: &str = "TOKZ26";
/// Where a contract's name and version stand.
const RECORD: &[u8] = b"contract_info";

/// Positions with variation booked and pending, orders on both sides, fixings; a strike that is not finalised.
fn in_the_midst() -> (TestWorld, [Trader; 2]) {
    let world = TestWorld::new();
    let traders = ["alice", "bob"].map(|name| world.trader(name, usd(50_000)));
    let [alice, bob] = &traders;
    bob.sells(20, DEC, "1.6000");
    alice.buys(20, DEC, "1.6000");
    world.settle_day("1.6100");
    alice.buys(3, DEC, "1.5900");
    bob.places(sell(4, DEC, "1.6300").numbered(7));
    world.day("1.6200");
    world.strike();
    (world, traders)
}

/// All that the three contracts hold.
fn all_records(world: &TestWorld) -> Vec<Vec<cosmwasm_std::Record>> {
    Contract::ALL.map(|contract| world.records(contract)).into()
}

#[test]
fn migrating_the_contracts_of_a_market_at_work_changes_nothing_and_it_goes_on() {
    let (world, [alice, bob]) = in_the_midst();
    let before = (all_records(&world), alice.state(), bob.state(), world.book(DEC), world.balance_sheet());
    let standing = world.settlement_of("TOK");
    assert_eq!((alice.lots(DEC), standing.struck), (20, standing.finalised + 1));
    // Twice: the same version again is no error.
    for contract in [Contract::ALL, Contract::ALL].concat() {
        let outcome = world.tries_to_migrate(contract, contract, "governance").succeeds();
        let version = env!("CARGO_PKG_VERSION").to_string();
        let told = Migrated { contract: format!("tokfut-{contract}"), from: version.clone(), to: version };
        assert_eq!(outcome.events_of::<Migrated>(), [told]);
    }
    let after = (all_records(&world), alice.state(), bob.state(), world.book(DEC), world.balance_sheet());
    assert_eq!(after, before);

    let cash = alice.cash();
    world.finalise();
    assert_eq!(alice.cash() - cash, 20 * 100 * 100_000);
    world.morning();
    assert_eq!(alice.places(buy(4, DEC, "1.6300")).lots, [4, 0, 0]);
    assert_eq!(alice.orders().len(), 1);
    world.settle_day("1.6300");
    let left = world.wind_down("1.6300");
    assert_eq!((left.shortfall, left.unpaid), (0, 0));
}

#[test]
fn the_code_of_another_contract_does_not_take_a_storage_over() {
    let (world, _) = in_the_midst();
    let before = all_records(&world);
    for contract in Contract::ALL {
        for code in Contract::ALL.into_iter().filter(|code| *code != contract) {
            let words = world.tries_to_migrate(contract, code, "governance").refused_with("wrong_contract");
            let record = String::from_utf8(world.chain().storage(contract).get(RECORD).unwrap()).unwrap();
            assert!(record.contains(&format!("tokfut-{contract}")));
            let expected = format!("the storage is of {record}, this code is of tokfut-{code} (8.2)");
            assert_eq!(words, expected);
        }
    }
    assert_eq!(all_records(&world), before);
}

#[test]
fn an_earlier_release_does_not_take_the_storage_of_a_later_one_over() {
    let (world, _) = in_the_midst();
    for contract in Contract::ALL {
        for version in ["99.0.0", "0.0.1", "next"] {
            let record = json!({"contract": format!("tokfut-{contract}"), "version": version}).to_string();
            world.step("another version", |chain| chain.storage_mut(contract).set(RECORD, record.as_bytes()));
            let before = all_records(&world);
            let words = world.tries_to_migrate(contract, contract, "governance").refused_with("wrong_version");
            assert!(words.contains(&format!("version {version},")), "{words}");
            assert_eq!(all_records(&world), before);
        }
    }
}

#[test]
fn only_the_admin_migrates() {
    let (world, _) = in_the_midst();
    let before = all_records(&world);
    for contract in Contract::ALL {
        for anybody_else in ["alice", "guardian", "administrator", "treasury"] {
            world.tries_to_migrate(contract, contract, anybody_else).refused_with("failed");
        }
    }
    assert_eq!(all_records(&world), before);
}
