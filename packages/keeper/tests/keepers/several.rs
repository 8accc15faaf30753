//! Several keepers at once, and one that dies.

use tokfut_core::time::{DAILY, FINAL, FIXING, GRACE, MINUTE};
use tokfut_keeper::{Checkpoint, Duty};
use tokfut_testkit::{Setup, TestWorld, usd};

use crate::chain::{Way, keeper, keeper_of, lines, now, turn};
use crate::walk::book_is_right;

const JULY: &str = "TOKN26";

#[test]
fn of_two_keepers_that_see_the_same_the_second_finds_it_done() {
    let world = Setup::default().bare();
    let ways = ["first", "second"].map(|name| Way::new(&world, name));
    let [(mut first, told_first), (mut second, told_second)] = ways.each_ref().map(keeper);
    for fixing in ["1.6000", "1.6100"] {
        world.goes_to(world.next(FIXING + 5 * MINUTE));
        world.fixes("TOK", fixing);
        for of_day in [FINAL, DAILY, DAILY + GRACE] {
            world.goes_to(world.next(of_day));
            // Both look before either acts, until neither sees anything to do.
            for _ in 0..8 {
                let (one, two) = (now(first.look()).unwrap(), now(second.look()).unwrap());
                let (does, done) = (first.plan(&one), second.plan(&two));
                let round = now(first.act(one.moment, does)).unwrap();
                let late = now(second.act(two.moment, done)).unwrap();
                assert_eq!((round.failed, late.failed, late.done), (0, 0, 0));
                world.later(1);
            }
        }
    }
    let count = |told, duty, result: &str| lines(told, duty).into_iter().filter(|line| line[2] == result).count();
    assert_eq!((count(&told_first, Duty::Strike, "done"), count(&told_first, Duty::Finalise, "done")), (2, 2));
    for duty in [Duty::Fixings, Duty::List, Duty::Strike, Duty::Finalise] {
        assert!(count(&told_second, duty, "nothing") > 0, "{duty}");
    }
    assert_eq!(world.settlement_of("TOK").finalised, 2);
}

/// Two owners of July, one of whom will be liquidated; day orders left behind.
fn busy() -> TestWorld {
    let world = Setup::default().insured(usd(100_000)).open();
    let (alice, bob) = (world.trader("alice", usd(2_000)), world.trader("bob", usd(900_000)));
    bob.sells(8, JULY, "1.6000");
    alice.buys(8, JULY, "1.6000");
    for lots in 1..=5 {
        bob.places(tokfut_testkit::buy(lots, JULY, "1.5000").day());
    }
    world.goes_to(world.next(FIXING + 5 * MINUTE));
    world.fixes("TOK", "1.4560");
    world.goes_to(world.next(DAILY));
    world
}

#[test]
fn a_keeper_that_dies_after_any_transaction_is_started_again_and_comes_to_the_same_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut ends = Vec::new();
    for deaths in 0..6 {
        let world = busy();
        let path = folder.path().join(format!("{deaths}.json"));
        let way = Way::new(&world, "keeper");
        way.fuse.set(deaths);
        let (mut dies, _) = keeper_of(&way, &Duty::ALL, Some(&path));
        // The checkpoint of before, or none: it dies without writing another.
        let died = now(dies.once());
        drop(dies);
        way.fuse.set(u32::MAX);
        let (mut lives, _) = keeper_of(&way, &Duty::ALL, Some(&path));
        turn(&mut lives);
        assert!(deaths > 3 || died.unwrap_err().code == "node_unreachable");
        book_is_right(&world, lives.book().unwrap());
        assert!(path.exists());
        ends.push(world.chain().fingerprint());
    }
    assert!(ends.iter().all(|end| *end == ends[0]));
}

#[test]
fn a_checkpoint_of_another_deployment_or_a_broken_one_is_not_gone_on_from() {
    let world = busy();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint");
    let way = Way::new(&world, "keeper");
    let (mut keeper, _) = keeper_of(&way, &[], Some(&path));
    turn(&mut keeper);
    let kept = Checkpoint::load(&path, "embedded").unwrap().unwrap();
    assert_eq!(&kept.book, keeper.book().unwrap());
    assert_eq!(Checkpoint::load(&path, "another").unwrap(), None);
    std::fs::write(&path, "{").unwrap();
    assert_eq!(Checkpoint::load(&path, "embedded").unwrap_err().code, "invalid_checkpoint");
    let (mut again, told) = keeper_of(&way, &[], Some(&path));
    turn(&mut again);
    assert_eq!(told.borrow()[0]["event"], "invalid_checkpoint");
    assert_eq!(again.book(), keeper.book());
}
