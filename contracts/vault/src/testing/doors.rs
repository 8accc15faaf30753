//! Who may send what, and with which coins (clauses 1.1, 8.1; S2, S3).

use cosmwasm_std::Coin;
use tokfut_api::vault::Scope;

use super::*;

/// Every message, with who may send it (none: anyone) and whether it takes a coin.
fn messages(account: AccountId) -> Vec<(ExecuteMsg, Option<&'static str>, bool)> {
    let delegate = addr("bot").to_string();
    let (scope, expires) = (Scope::CancelOnly {}, time("2027-01-01T00:00:00Z"));
    let product = || "TOK".to_string();
    vec![
        (ExecuteMsg::Connect { market: addr("other").to_string() }, Some("governance"), false),
        (ExecuteMsg::OpenAccount {}, None, false),
        (ExecuteMsg::Deposit { account }, None, true),
        (ExecuteMsg::Withdraw { account, amount: Amount::new(1) }, None, false),
        (ExecuteMsg::AddDelegate { account, delegate: delegate.clone(), scope, expires }, None, false),
        (ExecuteMsg::RemoveDelegate { account, delegate }, None, false),
        (ExecuteMsg::FundInsurance {}, None, true),
        (ExecuteMsg::CollectFees {}, None, false),
        (ExecuteMsg::Finalise { product: product() }, None, false),
        (ExecuteMsg::Liquidate { account }, None, false),
        (ExecuteMsg::UnwindHouse { series: DEC }, None, false),
        (ExecuteMsg::Advance { account }, None, false),
        (ExecuteMsg::Touch { accounts: vec![account] }, None, false),
        (ExecuteMsg::Clear(empty(Purpose::Sweep {}, account, TOK)), Some("market"), false),
        (ExecuteMsg::ListSeries { product: TOK, series: vec![] }, Some("market"), false),
        (ExecuteMsg::SetMarks { marks: vec![] }, Some("market"), false),
        (ExecuteMsg::Strike { product: TOK, at: time("2026-11-24T16:00:00Z"), prices: vec![] }, Some("market"), false),
    ]
}

#[test]
fn only_two_messages_take_coins_and_only_one_of_the_collateral() {
    let mut world = World::new();
    let account = world.opens("alice", 5);
    let mut send =
        |message: &ExecuteMsg, funds: &[Coin]| code(world.send(message_info(&addr("market"), funds), message.clone()));
    for (message, _, takes_coins) in messages(account) {
        let coins: [&[Coin]; 3] = [&[], &[coin(1, "uatom")], &[coin(1, DENOM), coin(1, "uatom")]];
        for funds in coins {
            let expected = if takes_coins { "invalid_funds" } else { "unexpected_funds" };
            if takes_coins || !funds.is_empty() {
                assert_eq!(send(&message, funds), expected, "{message:?} with {funds:?}");
            }
        }
        if takes_coins {
            let too_much = Amount::MAX_INPUT.base_units() + 1;
            let beyond = Coin::new(Uint256::from(u128::MAX) + Uint256::one(), DENOM);
            assert_eq!(send(&message, &[coin(0, DENOM)]), "invalid_amount");
            assert_eq!(send(&message, &[coin(too_much, DENOM)]), "invalid_amount");
            assert_eq!(send(&message, &[beyond]), "invalid_amount");
        }
    }
}

#[test]
fn what_is_the_markets_or_governances_is_nobody_elses() {
    let mut world = World::new();
    let account = world.opens("alice", 5);
    for (message, role, takes_coins) in messages(account) {
        for who in ["alice", "market", "governance", "treasury", "stranger"] {
            let funds = if takes_coins { vec![coin(1, DENOM)] } else { vec![] };
            let refused = world.send(message_info(&addr(who), &funds), message.clone()).err();
            let by_role = refused.is_some_and(|error| error.code() == "unauthorized");
            assert_eq!(by_role, role.is_some_and(|role| role != who), "{message:?} by {who}");
        }
    }
}

#[test]
fn the_market_is_named_once_and_before_that_nobody_is_it() {
    let mut world = World::unconnected();
    let connect = |market: &str| ExecuteMsg::Connect { market: market.to_string() };
    let list = ExecuteMsg::ListSeries { product: TOK, series: vec![] };
    assert_eq!(code(world.by("market", list)), "not_connected");
    let alice = world.opens("alice", 0);
    assert_eq!(code(world.liquidates(alice)), "not_connected");
    assert_eq!(code(world.by("governance", connect("nobody"))), "invalid_address");
    world.by("governance", connect(addr("market").as_str())).unwrap();
    assert_eq!(code(world.by("governance", connect(addr("other").as_str()))), "already_connected");
}

#[test]
fn a_withdrawal_names_a_positive_amount() {
    let mut world = World::new();
    let account = world.opens("alice", 5);
    assert_eq!(code(world.withdraws(account, 0)), "invalid_amount");
    assert_eq!(code(world.withdraws(account, Amount::MAX_INPUT.base_units() + 1)), "invalid_amount");
}
