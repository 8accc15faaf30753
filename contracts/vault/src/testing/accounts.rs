//! Accounts, owners and delegates (clause 4.1).

use tokfut_api::vault::{DelegateResponse, Scope};

use super::*;

/// An order of 1 lot by `sender`, which rests, and its cancellation: whether each is let in.
fn may_trade_and_cancel(world: &mut World, who: &str, account: AccountId, series: SeriesId) -> (bool, bool) {
    let product = if series == GPU { GPH } else { TOK };
    let sender = || addr(who).to_string();
    let resting = Resting { account, series, side: Side::Buy, price: price(16_000), lots: 1, reduce_only: false };
    let rests = |purpose| {
        let change = resting.change(tokfut_api::clearing::RestChange::Rested);
        Clearing { book: vec![change], ..empty(purpose, account, product) }
    };
    let rested = world.storage.rows();
    let trades = world.run(|deps, env| {
        let message = ExecuteMsg::Clear(rests(Purpose::Trade { sender: sender() }));
        contract::execute(deps, env, message_info(&addr("market"), &[]), Wire(message)).map(drop)
    });
    world.storage.restore(rested);
    let cancels = world.clear(empty(Purpose::Cancel { sender: sender() }, account, product));
    let codes = [trades.err(), cancels.err()].map(|error| error.map(|error| error.code()));
    assert!(codes.iter().flatten().all(|code| code == "not_permitted"), "{codes:?}");
    (codes[0].is_none(), codes[1].is_none())
}

#[test]
fn an_owner_has_eight_accounts_numbered_in_a_row() {
    let mut world = World::new();
    let first = world.opens("alice", 0);
    let other = world.opens("bob", 0);
    assert_eq!((first, other), (AccountId(8), AccountId(16)));
    for slot in 1..8 {
        assert_eq!(world.opens("alice", 0), AccountId(8 + slot));
    }
    assert_eq!(code(world.by("alice", ExecuteMsg::OpenAccount {})), "too_many_accounts");
    let of = |world: &mut World, who: &str| {
        world.ask::<Vec<AccountId>>(QueryMsg::AccountsOf { owner: addr(who).to_string() }).unwrap()
    };
    assert_eq!(of(&mut world, "alice"), (8..16).map(AccountId).collect::<Vec<_>>());
    assert_eq!(of(&mut world, "bob"), [AccountId(16)]);
    assert_eq!(of(&mut world, "nobody"), []);
    let page: Vec<AccountResponse> =
        world.ask(QueryMsg::Accounts { start_after: Some(AccountId(14)), limit: Some(2) }).unwrap();
    assert_eq!(page.iter().map(|account| account.account.0).collect::<Vec<_>>(), [15, 16]);
}

#[test]
fn a_delegate_may_what_his_scope_says_until_the_second_he_expires() {
    let mut world = World::new();
    let account = world.opens("alice", 10_000 * DOLLAR);
    let expires = world.now.checked_add(100).unwrap();
    let add = |world: &mut World, who: &str, scope| {
        let delegate = addr(who).to_string();
        world.by("alice", ExecuteMsg::AddDelegate { account, delegate, scope, expires }).unwrap();
    };
    add(&mut world, "all", Scope::Trade { product: None });
    add(&mut world, "tok", Scope::Trade { product: Some("TOK".to_string()) });
    add(&mut world, "nurse", Scope::CancelOnly {});
    let may = |world: &mut World, who: &str| [DEC, GPU].map(|series| may_trade_and_cancel(world, who, account, series));
    world.waits(99);
    assert_eq!(may(&mut world, "alice"), [(true, true); 2]);
    assert_eq!(may(&mut world, "all"), [(true, true); 2]);
    assert_eq!(may(&mut world, "tok"), [(true, true), (false, false)]);
    assert_eq!(may(&mut world, "nurse"), [(false, true); 2]);
    assert_eq!(may(&mut world, "stranger"), [(false, false); 2]);
    // All orders of all products: not his who has one product.
    let voids = |world: &mut World, who: &str| {
        let purpose = Purpose::Cancel { sender: addr(who).to_string() };
        world.clear(Clearing { voids_orders: true, ..empty(purpose, account, TOK) }).is_ok()
    };
    assert_eq!(["all", "tok", "nurse", "stranger"].map(|who| voids(&mut world, who)), [true, false, true, false]);
    world.waits(1);
    for who in ["all", "tok", "nurse"] {
        assert_eq!(may(&mut world, who), [(false, false); 2], "{who}");
    }
}

#[test]
fn no_delegate_takes_money_out_or_names_another() {
    let mut world = World::new();
    let account = world.opens("alice", 10 * DOLLAR);
    let delegate = |who: &str| addr(who).to_string();
    let add = |who: &str| ExecuteMsg::AddDelegate {
        account,
        delegate: delegate(who),
        scope: Scope::Trade { product: None },
        expires: time("2027-01-01T00:00:00Z"),
    };
    world.by("alice", add("bot")).unwrap();
    assert_eq!(code(world.by("bot", ExecuteMsg::Withdraw { account, amount: Amount::new(1) })), "not_permitted");
    assert_eq!(code(world.by("bot", add("friend"))), "not_permitted");
    let remove = |who: &str| ExecuteMsg::RemoveDelegate { account, delegate: delegate(who) };
    assert_eq!(code(world.by("bot", remove("bot"))), "not_permitted");
    world.by("alice", remove("bot")).unwrap();
    assert_eq!(may_trade_and_cancel(&mut world, "bot", account, DEC), (false, false));
}

#[test]
fn a_delegates_rights_end_with_his_account() {
    let mut world = World::new();
    let account = world.opens("alice", 0);
    let other = world.opens("alice", 0);
    let expires = time("2027-01-01T00:00:00Z");
    let scope = Scope::Trade { product: Some("GPH".to_string()) };
    let delegate = addr("bot").to_string();
    let add = ExecuteMsg::AddDelegate { account, delegate: delegate.clone(), scope: scope.clone(), expires };
    world.by("alice", add).unwrap();
    let shown: Vec<DelegateResponse> = world.ask(QueryMsg::Delegates { account }).unwrap();
    assert_eq!(shown, [DelegateResponse { delegate, scope, expires }]);
    assert_eq!(world.ask::<Vec<DelegateResponse>>(QueryMsg::Delegates { account: other }).unwrap(), []);
}
