//! Random users do anything in any order. Every invariant holds after every step (the test world asserts them), what is
//! refused is refused by rule, and in the end everybody goes home and what is left is insurance and fees, exactly.

mod act;
mod coverage;
mod cranks;
mod machine;

use std::cell::RefCell;

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use self::act::{Act, acts};
use self::coverage::Coverage;
use self::machine::Machine;

/// Worlds, and acts in each. `TOKFUT_WORLDS` asks for more of them, `TOKFUT_SEED` for others.
const WORLDS: u32 = 256;
const ACTS: usize = 50;

fn asked(name: &str, otherwise: u32) -> u32 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn runner(cases: u32) -> TestRunner {
    let mut seed = [7; 32];
    seed[..4].copy_from_slice(&asked("TOKFUT_SEED", 0).to_be_bytes());
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: asked("PROPTEST_MAX_SHRINK_ITERS", 300),
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

#[test]
fn whatever_happens_every_invariant_holds_and_everybody_is_paid() {
    let seen = RefCell::new(Coverage::default());
    let worlds = asked("TOKFUT_WORLDS", WORLDS);
    let ran = runner(worlds).run(&(0u8..4, acts(ACTS)), |(insured, acts): (u8, Vec<Act>)| {
        let mut machine = Machine::new(insured);
        for act in acts {
            machine.does(act);
        }
        let coverage = machine.winds_down();
        seen.borrow_mut().join(coverage);
        Ok(())
    });
    if let Err(failure) = ran {
        panic!("{failure}");
    }
    // Few worlds need not have seen everything.
    if worlds >= WORLDS {
        seen.into_inner().asserts_everything_happened();
    }
}
