//! The refusals that no other file tells of, and proof that every one is told of somewhere (S22).

use tokfut_api::vault::Scope;

use super::*;

#[test]
fn a_vault_that_breaks_a_rule_does_not_start() {
    let start = |change: fn(&mut InstantiateMsg)| {
        let (mut world, mut msg) = (World::bare(), config());
        change(&mut msg);
        let refused = code(world.instantiate(msg));
        assert!(world.storage.rows().is_empty(), "{refused}");
        refused
    };
    assert_eq!(start(|msg| msg.products.clear()), "invalid_count");
    assert_eq!(start(|msg| msg.products = vec![Product::tok().unwrap(); 17]), "invalid_count");
    assert_eq!(start(|msg| msg.products = vec![Product::tok().unwrap(); 2]), "duplicate_product");
    assert_eq!(start(|msg| msg.products[1].margin.maintenance = Rate::ZERO), "invalid_product");
    assert_eq!(start(|msg| msg.insurance_share = Rate::ppm(1_000_001)), "invalid_share");
    assert_eq!(start(|msg| msg.clock.speed = 0), "invalid_clock");
    assert_eq!(start(|msg| msg.governance = "nobody".to_string()), "invalid_address");
    assert_eq!(start(|msg| msg.treasury = "nobody".to_string()), "invalid_address");
}

#[test]
fn lists_are_bounded() {
    let mut world = World::new();
    let alice = world.opens("alice", 0);
    for count in [0, 33] {
        assert_eq!(code(world.by("anyone", ExecuteMsg::Touch { accounts: vec![alice; count] })), "invalid_count");
        let marks = vec![market::mark(DEC, 16_000); count];
        assert_eq!(code(world.by("market", ExecuteMsg::SetMarks { marks })), "invalid_count");
        let listing = NewSeries { series: DEC, month: Month::MIN, price: price(1), limit: Rate::ZERO };
        let list = ExecuteMsg::ListSeries { product: TOK, series: vec![listing; count] };
        assert_eq!(code(world.by("market", list)), "invalid_count");
    }
    assert_eq!(code(world.by("anyone", ExecuteMsg::Touch { accounts: vec![alice, AccountId(99)] })), "unknown_account");
    world.touches(&[alice; 32]);
}

#[test]
fn a_delegation_is_to_another_and_ends_later() {
    let mut world = World::new();
    let account = world.opens("alice", 0);
    let now = world.now;
    let mut add = |who: &str, scope: Scope, expires: Time| {
        world.by("alice", ExecuteMsg::AddDelegate { account, delegate: who.to_string(), scope, expires })
    };
    let later = now.checked_add(1).unwrap();
    let all = || Scope::Trade { product: None };
    assert_eq!(code(add(addr("alice").as_str(), all(), later)), "invalid_delegation");
    assert_eq!(code(add(addr("bot").as_str(), all(), now)), "invalid_delegation");
    assert_eq!(code(add("nobody", all(), later)), "invalid_address");
    let unknown = Scope::Trade { product: Some("XYZ".to_string()) };
    assert_eq!(code(add(addr("bot").as_str(), unknown, later)), "unknown_product");
    for number in 0..16 {
        add(addr(&format!("bot {number}")).as_str(), all(), later).unwrap();
    }
    assert_eq!(code(add(addr("one more").as_str(), all(), later)), "too_many_delegates");
    // One of the sixteen may be changed, or leave his place.
    add(addr("bot 3").as_str(), Scope::CancelOnly {}, later).unwrap();
    let remove = |who: &str| ExecuteMsg::RemoveDelegate { account, delegate: addr(who).to_string() };
    assert_eq!(code(world.by("alice", remove("one more"))), "unknown_delegate");
    world.by("alice", remove("bot 3")).unwrap();
    let shown: Vec<tokfut_api::vault::DelegateResponse> = world.ask(QueryMsg::Delegates { account }).unwrap();
    assert_eq!(shown.len(), 15);
}

#[test]
fn what_is_not_there_is_not_answered() {
    let mut world = World::new();
    world.opens("alice", 0);
    let unknown_series = world.ask::<()>(QueryMsg::Series { series: SeriesId(77) });
    assert_eq!(code(unknown_series), "unknown_series");
    for id in [1, 7, 9, 16, u64::MAX] {
        assert_eq!(code(world.ask::<()>(QueryMsg::Account { account: AccountId(id) })), "unknown_account");
        assert_eq!(code(world.ask::<()>(QueryMsg::Delegates { account: AccountId(id) })), "unknown_account");
    }
    assert_eq!(code(world.ask::<()>(QueryMsg::Settlement { product: "tok".to_string() })), "unknown_product");
    assert_eq!(code(world.by("anyone", ExecuteMsg::Finalise { product: "tok".to_string() })), "unknown_product");
    assert_eq!(World::bare().ask::<()>(QueryMsg::Config {}).unwrap_err().code(), "chain_error");
}

#[test]
fn an_account_below_its_margin_rests_no_order_that_would_lose() {
    let mut world = World::new();
    let (alice, bob) = (world.opens("alice", 2_500 * DOLLAR), world.opens("bob", 100_000 * DOLLAR));
    world.trades(alice, bob, DEC, 10, 16_000);
    world.marks(DEC, 15_700);
    assert_eq!(code(world.place(alice, (DEC, Side::Buy), 1, 15_700)), "insufficient_margin");
    assert_eq!(code(world.place(alice, (DEC, Side::Sell), 1, 15_690)), "insufficient_margin");
    world.place(alice, (DEC, Side::Sell), 1, 15_700).unwrap();
    let exit =
        Resting { account: alice, series: DEC, side: Side::Sell, price: price(15_710), lots: 1, reduce_only: true };
    world.order(exit).unwrap();
    // What is left of a sale that reduces may not rest below the mark either.
    world.cancels_all(alice).unwrap();
    world.marks(DEC, 15_400);
    world.buys(bob, DEC, 1, 15_400);
    assert_eq!(code(world.place(alice, (DEC, Side::Sell), 2, 15_390)), "worse_than_mark");
    world.place(alice, (DEC, Side::Sell), 2, 15_400).unwrap();
}

#[test]
fn margin_is_counted_over_32_series_at_most() {
    let mut world = World::new();
    let (alice, bob) = (world.opens("alice", 1_000_000 * DOLLAR), world.opens("bob", 1_000_000 * DOLLAR));
    let series = |number: u16| SeriesId(100 + number);
    let month = |number: u16| Month::new(2027 + number / 12, (number % 12 + 1) as u8).unwrap();
    for number in 0..33 {
        let listing =
            NewSeries { series: series(number), month: month(number), price: price(16_000), limit: Rate::ppm(100_000) };
        world.by("market", ExecuteMsg::ListSeries { product: TOK, series: vec![listing] }).unwrap();
        world.naive.list(series(number), 16_000);
    }
    for number in 0..32 {
        world.buys(alice, series(number), 1, 15_000);
    }
    assert_eq!(code(world.place(alice, (series(32), Side::Buy), 1, 15_000)), "too_many_positions");
    world.sells(bob, series(32), 1, 16_000);
    assert_eq!(code(world.place(alice, (series(32), Side::Buy), 1, 16_000)), "too_many_positions");
    world.cancels_all(alice).unwrap();
    world.buys(alice, series(32), 1, 16_000);
}

/// A code that the words of its variant begin with, and nothing but the words.
fn codes() -> Vec<&'static str> {
    let source = include_str!("../error.rs");
    let texts = source.split("#[error(\"").skip(1).filter_map(|rest| rest.split(':').next());
    texts.collect()
}

#[test]
fn every_refusal_is_produced_by_a_test() {
    let tests = [
        include_str!("accounts.rs"),
        include_str!("advances.rs"),
        include_str!("doors.rs"),
        include_str!("lies.rs"),
        include_str!("liquidations.rs"),
        include_str!("money.rs"),
        include_str!("refusals.rs"),
        include_str!("settlement.rs"),
        include_str!("waterfall.rs"),
    ]
    .concat();
    let mut codes = codes();
    assert!(codes.len() > 35, "{codes:?}");
    let untold: Vec<_> = codes.iter().filter(|code| !tests.contains(&format!("\"{code}\""))).collect();
    assert!(untold.is_empty(), "{untold:?}");
    codes.sort_unstable();
    let count = codes.len();
    codes.dedup();
    assert_eq!(codes.len(), count, "a code is never used twice");
}
