//! A table over all messages of the three contracts (S2, S3, S22).

use std::collections::BTreeSet;

use cosmwasm_std::Coin;
use serde_json::{Value, json};
use tokfut_embedded::Contract::{self, Market, Oracle, Vault};
use tokfut_testkit::{TestWorld, Trader, usd};

const DEC: &str = "TOKZ26";

/// A message of each kind that its sender may send, or that fails by itself for want of something to do.
fn samples() -> Vec<(Contract, &'static str, Value)> {
    let order = json!({"account": 8, "series": DEC, "side": "buy", "lots": "1", "price": {"limit": "1.5000"}});
    let clearing = json!({"purpose": {"sweep": {}}, "account": 8, "product": 1, "marks": [], "fills": [], "book": [],
        "voids_orders": false});
    let observation = json!({"publisher": 0, "status": "value", "value": "16000", "dispersion": "0",
        "observed_at": "0", "input_count": 1, "inputs_root": "00".repeat(32), "signature": "00".repeat(64)});
    let method = json!({"feed": 1, "from": 1_790_000_000, "hash": "00".repeat(32), "uri": "urn:x"});
    let expires = 1_790_000_000;
    let add = json!({"account": 8, "delegate": "@bob", "scope": {"cancel_only": {}}, "expires": expires});
    vec![
        (Market, "alice", json!({"place_order": order})),
        (Market, "alice", json!({"cancel_order": {"account": 8, "order": {"id": "1523-b-15500-1"}}})),
        (Market, "alice", json!({"cancel_all": {"account": 8}})),
        (Market, "anyone", json!({"reap": {"orders": ["1523-b-15500-1"]}})),
        (Market, "anyone", json!({"list_series": {"product": "TOK"}})),
        (Market, "anyone", json!({"push_marks": {"series": [DEC]}})),
        (Market, "anyone", json!({"strike": {"product": "TOK"}})),
        (Market, "guardian", json!({"set_status": {"series": DEC, "status": "paused"}})),
        (Market, "governance", json!({"schedule_open": {"series": DEC}})),
        (Market, "anyone", json!({"reopen": {"series": DEC}})),
        (Market, "anyone", json!({"close": {"account": 8, "orders": [], "void_orders": true}})),
        (Oracle, "anyone", json!({"submit": {"feed": 1, "round": 235, "observations": []}})),
        (Oracle, "anyone", json!({"finalise": {"feed": 1}})),
        (Oracle, "anyone", json!({"dispute": {"feed": 1, "round": 235, "evidence": "00".repeat(32)}})),
        (Oracle, "anyone", json!({"rule": {"feed": 1, "round": 235, "ruling": "void"}})),
        (Oracle, "anyone", json!({"claim": {}})),
        (
            Oracle,
            "anyone",
            json!({"report_equivocation": {"feed": 1, "round": 235, "first": observation, "second": observation}}),
        ),
        (Oracle, "administrator", json!({"announce": {"change": {"methodology": method}}})),
        (Oracle, "administrator", json!({"withdraw": {"feed": 1, "change": "methodology"}})),
        (Oracle, "guardian", json!({"close_only": {"feed": 1}})),
        (Vault, "governance", json!({"connect": {"market": "@market"}})),
        (Vault, "alice", json!({"open_account": {}})),
        (Vault, "alice", json!({"deposit": {"account": 8}})),
        (Vault, "alice", json!({"withdraw": {"account": 8, "amount": "1"}})),
        (Vault, "alice", json!({"add_delegate": add})),
        (Vault, "alice", json!({"remove_delegate": {"account": 8, "delegate": "@bob"}})),
        (Vault, "anyone", json!({"fund_insurance": {}})),
        (Vault, "anyone", json!({"collect_fees": {}})),
        (Vault, "anyone", json!({"finalise": {"product": "TOK"}})),
        (Vault, "anyone", json!({"liquidate": {"account": 8}})),
        (Vault, "anyone", json!({"unwind_house": {"series": 1_523}})),
        (Vault, "anyone", json!({"advance": {"account": 8}})),
        (Vault, "anyone", json!({"touch": {"accounts": [8]}})),
        (Vault, "anyone", json!({"clear": clearing})),
        (Vault, "anyone", json!({"list_series": {"product": 1, "series": []}})),
        (Vault, "anyone", json!({"set_marks": {"marks": [{"series": 1_523, "price": 16_000}]}})),
        (Vault, "anyone", json!({"strike": {"product": 1, "at": expires, "prices": []}})),
    ]
}

fn name(message: &Value) -> String {
    message.as_object().and_then(|fields| fields.keys().next()).unwrap().clone()
}

/// Alice rests an order of two lots and holds one lot that Bob sold her; both have money.
fn stage() -> (TestWorld, Trader, Trader) {
    let world = TestWorld::new();
    let (alice, bob) = (world.trader("alice", usd(10_000)), world.trader("bob", usd(10_000)));
    assert_eq!(alice.buys(2, DEC, "1.5500").id(), "1523-b-15500-1");
    bob.sells(1, DEC, "1.6000");
    alice.buys(1, DEC, "1.6000");
    (world, alice, bob)
}

fn coin(amount: u128, denom: &str) -> Coin {
    Coin::new(amount, denom)
}

#[test]
fn the_table_has_every_message_of_the_schemas() {
    let schemas = [
        (Market, include_str!("../../../schema/market.json")),
        (Oracle, include_str!("../../../schema/oracle.json")),
        (Vault, include_str!("../../../schema/vault.json")),
    ];
    for (contract, schema) in schemas {
        let schema: Value = serde_json::from_str(schema).unwrap();
        let variants = schema.pointer("/execute/oneOf").and_then(Value::as_array).unwrap();
        let known: BTreeSet<String> =
            variants.iter().map(|one| one.pointer("/required/0").unwrap().as_str().unwrap().to_string()).collect();
        let sampled: BTreeSet<String> =
            samples().iter().filter(|(of, _, _)| *of == contract).map(|(_, _, message)| name(message)).collect();
        assert_eq!(known, sampled, "{contract}");
    }
}

#[test]
fn no_message_ignores_a_field_it_does_not_know() {
    let (world, ..) = stage();
    for (contract, from, message) in samples() {
        let mut message = message;
        let name = name(&message);
        message[&name]["reduce_onyl"] = json!(true);
        world.tries_raw(from, contract, &message, &[]).refused_with("invalid_message");
        let two = json!({&name: {}, "other": {}});
        world.tries_raw(from, contract, &two, &[]).refused_with("invalid_message");
    }
}

#[test]
fn no_message_takes_coins_but_two_and_these_one_coin_of_the_collateral() {
    let (world, ..) = stage();
    let denom = world.chain().spec().denom.clone();
    for (contract, from, message) in samples() {
        let name = name(&message);
        let takes = ["deposit", "fund_insurance"].contains(&name.as_str());
        let refusal = match (contract, name.as_str()) {
            (_, "deposit" | "fund_insurance") => "invalid_funds",
            // A bond, to the unit.
            (Oracle, "dispute") => "wrong_bond",
            (Oracle, _) => "coins_refused",
            _ => "unexpected_funds",
        };
        let both = [coin(1, &denom), coin(1, "uother")];
        for coins in [&[coin(1, "uother")][..], &both] {
            world.tries_raw(from, contract, &message, coins).refused_with(refusal);
        }
        if takes {
            world.tries_raw(from, contract, &message, &[]).refused_with(refusal);
            world.tries_raw(from, contract, &message, &[coin(1, &denom)]).succeeds();
        } else {
            world.tries_raw(from, contract, &message, &[coin(1, &denom)]).refused_with(refusal);
        }
        // A coin of nothing is no coin: the bank sends none.
        world.tries_raw(from, contract, &message, &[coin(0, &denom)]).refused_with("invalid_funds");
    }
}

#[test]
fn numbers_have_one_text() {
    let (world, ..) = stage();
    let order = |field: &str, value: Value| {
        let mut message = json!({"place_order": {"account": 8, "series": DEC, "side": "buy", "lots": "1",
            "price": {"limit": "1.5000"}}});
        message["place_order"][field] = value;
        message
    };
    let amounts =
        ["-1", "+1", "01", " 1", "1 ", "", "1.0", "1e3", "0x1", "١", "340282366920938463463374607431768211456"];
    for text in amounts {
        let withdraw = json!({"withdraw": {"account": 8, "amount": text}});
        world.tries_raw("alice", Vault, &withdraw, &[]).refused_with("invalid_message");
        world.tries_raw("alice", Market, &order("lots", json!(text)), &[]).refused_with("invalid_message");
        world.tries_raw("alice", Market, &order("client_id", json!(text)), &[]).refused_with("invalid_message");
    }
    let beyond = json!("18446744073709551616");
    world.tries_raw("alice", Market, &order("client_id", beyond), &[]).refused_with("invalid_message");
    for account in [json!(-1), json!("8"), json!(8.5), json!(null), json!(1e20)] {
        world.tries_raw("alice", Market, &order("account", account.clone()), &[]).refused_with("invalid_message");
        let withdraw = json!({"withdraw": {"account": account, "amount": "1"}});
        world.tries_raw("alice", Vault, &withdraw, &[]).refused_with("invalid_message");
    }
    for (field, value, code) in [
        ("lots", json!(1), "invalid_message"),
        ("lots", json!("0"), "invalid_lots"),
        ("lots", json!("501"), "invalid_lots"),
        ("lots", json!("1000000000000"), "invalid_lots"),
        ("lots", json!("1000000000001"), "invalid_message"),
        ("side", json!("Buy"), "invalid_message"),
        ("max_fills", json!(0), "invalid_max_fills"),
        ("max_fills", json!(33), "invalid_max_fills"),
        ("reduce_only", json!("true"), "invalid_message"),
        ("self_trade", json!("decrement"), "not_available"),
        ("post_only", json!("slide"), "not_available"),
        ("time_in_force", json!({"gtd": {"time": null, "height": 1}}), "not_available"),
        ("time_in_force", json!({"min_fill": {"lots": "1"}}), "not_available"),
        ("price", json!({"worst": "1.5000", "limit": "1.5000"}), "invalid_message"),
    ] {
        world.tries_raw("alice", Market, &order(field, value), &[]).refused_with(code);
    }
    for (text, code) in [
        ("-1.5000", "invalid_price"),
        ("+1.5000", "invalid_price"),
        ("01.5000", "invalid_price"),
        ("1.50000", "invalid_price"),
        ("1.5.0", "invalid_price"),
        (".5", "invalid_price"),
        ("1.", "invalid_price"),
        ("", "invalid_price"),
        ("1e0", "invalid_price"),
        ("0", "invalid_price"),
        ("0.0000", "invalid_price"),
        ("100000.0001", "invalid_price"),
        ("99999999999999999999", "invalid_price"),
        ("1.5005", "off_tick"),
        ("1.5001", "off_tick"),
        ("1.4390", "outside_limits"),
        ("1.7610", "outside_limits"),
    ] {
        world.tries_raw("alice", Market, &order("price", json!({"limit": text})), &[]).refused_with(code);
        world.tries_raw("alice", Market, &order("price", json!({"worst": text})), &[]).refused_with(code);
    }
    for (amount, code) in [
        ("0", "invalid_amount"),
        ("1000000000000000000000000000001", "invalid_amount"),
        ("1000000000000000000000000000000", "insufficient_free"),
        ("340282366920938463463374607431768211455", "invalid_amount"),
    ] {
        let withdraw = json!({"withdraw": {"account": 8, "amount": amount}});
        world.tries_raw("alice", Vault, &withdraw, &[]).refused_with(code);
    }
}

#[test]
fn what_is_not_there_has_no_name() {
    let (world, ..) = stage();
    for code in ["", "TOK", "tokz26", "TOKZ99", "TOKA26", "TOKZ2026", "GPHZ26", "TOKZ26 "] {
        let order = json!({"account": 8, "series": code, "side": "buy", "lots": "1", "price": {"limit": "1.5000"}});
        for (from, message) in [
            ("alice", json!({"place_order": order})),
            ("anyone", json!({"push_marks": {"series": [code]}})),
            ("guardian", json!({"set_status": {"series": code, "status": "paused"}})),
            ("governance", json!({"schedule_open": {"series": code}})),
            ("anyone", json!({"reopen": {"series": code}})),
        ] {
            world.tries_raw(from, Market, &message, &[]).refused_with("unknown_series");
        }
    }
    for product in ["", "tok", "TOKZ26", "ABC"] {
        for (contract, message) in [
            (Market, json!({"list_series": {"product": product}})),
            (Market, json!({"strike": {"product": product}})),
            (Vault, json!({"finalise": {"product": product}})),
        ] {
            world.tries_raw("anyone", contract, &message, &[]).refused_with("unknown_product");
        }
    }
    for account in [1u64, 7, 9, 24, u64::MAX] {
        let order =
            json!({"account": account, "series": DEC, "side": "buy", "lots": "1", "price": {"limit": "1.5000"}});
        for (contract, message) in [
            (Market, json!({"place_order": order})),
            (Market, json!({"cancel_all": {"account": account}})),
            (Vault, json!({"withdraw": {"account": account, "amount": "1"}})),
            (Vault, json!({"advance": {"account": account}})),
            (Vault, json!({"liquidate": {"account": account}})),
            (Vault, json!({"touch": {"accounts": [8, account]}})),
            (Vault, json!({"remove_delegate": {"account": account, "delegate": "@bob"}})),
        ] {
            world.tries_raw("alice", contract, &message, &[]).refused_with("unknown_account");
        }
        let deposit = json!({"deposit": {"account": account}});
        world.tries_raw("alice", Vault, &deposit, &world.coins(1)).refused_with("unknown_account");
    }
    // The house is nobody's: what goes into insurance goes there by its own message.
    let house = json!({"deposit": {"account": 0}});
    world.tries_raw("alice", Vault, &house, &world.coins(1)).refused_with("unknown_account");
    for (message, code) in [
        (json!({"submit": {"feed": 9, "round": 1, "observations": []}}), "unknown_feed"),
        (json!({"finalise": {"feed": 0}}), "unknown_feed"),
        (json!({"finalise": {"feed": 1, "limit": 0}}), "invalid_limit"),
        (json!({"finalise": {"feed": 1, "limit": 31}}), "invalid_limit"),
        (json!({"finalise": {"feed": 1}}), "nothing_to_finalise"),
    ] {
        world.tries_raw("anyone", Oracle, &message, &[]).refused_with(code);
    }
    for (order, code) in [
        (json!({"id": "1523-b-15500-2"}), "unknown_order"),
        (json!({"id": "1523-b-015500-1"}), "invalid_order_id"),
        (json!({"id": "7-x-15500-1"}), "invalid_order_id"),
        (json!({"client_id": "5"}), "unknown_order"),
    ] {
        let cancel = json!({"cancel_order": {"account": 8, "order": order}});
        world.tries_raw("alice", Market, &cancel, &[]).refused_with(code);
    }
    world
        .tries_raw("anyone", Vault, &json!({"unwind_house": {"series": 1_523}}), &[])
        .refused_with("nothing_to_unwind");
}

#[test]
fn what_is_anothers_is_left_alone() {
    let (world, ..) = stage();
    let order = json!({"account": 8, "series": DEC, "side": "buy", "lots": "1", "price": {"limit": "1.5000"}});
    let add = json!({"account": 8, "delegate": "@bob", "scope": {"trade": {}}, "expires": 1_790_000_000});
    for (contract, message, code) in [
        (Market, json!({"place_order": order}), "not_permitted"),
        (Market, json!({"cancel_all": {"account": 8}}), "not_permitted"),
        (Market, json!({"cancel_order": {"account": 8, "order": {"id": "1523-b-15500-1"}}}), "not_permitted"),
        (Market, json!({"cancel_order": {"account": 16, "order": {"id": "1523-b-15500-1"}}}), "other_account"),
        (Market, json!({"set_status": {"series": DEC, "status": "halted"}}), "unauthorized"),
        (Market, json!({"schedule_open": {"series": DEC}}), "unauthorized"),
        (Market, json!({"reopen": {"series": DEC}}), "not_scheduled"),
        (Market, json!({"close": {"account": 8, "orders": [], "void_orders": true}}), "unauthorized"),
        (Market, json!({"reap": {"orders": ["1523-b-15500-1"]}}), "nothing_to_reap"),
        (Vault, json!({"withdraw": {"account": 8, "amount": "1"}}), "not_permitted"),
        (Vault, json!({"add_delegate": add}), "not_permitted"),
        (Vault, json!({"remove_delegate": {"account": 8, "delegate": "@bob"}}), "not_permitted"),
        (Vault, json!({"connect": {"market": "@bob"}}), "unauthorized"),
        (Vault, json!({"liquidate": {"account": 8}}), "not_liquidatable"),
        (Vault, json!({"liquidate": {"account": 0}}), "not_liquidatable"),
        (Vault, json!({"advance": {"account": 8}}), "nothing_to_advance"),
    ] {
        world.tries_raw("bob", contract, &message, &[]).refused_with(code);
    }
    // The contracts' own messages are the contracts' own, for roles too.
    for (contract, from, message) in samples() {
        if contract == Vault && ["clear", "list_series", "set_marks", "strike"].contains(&name(&message).as_str()) {
            for user in [from, "alice", "governance", "guardian"] {
                world.tries_raw(user, contract, &message, &[]).refused_with("unauthorized");
            }
        }
    }
    world
        .tries_raw("governance", Vault, &json!({"connect": {"market": "@bob"}}), &[])
        .refused_with("already_connected");
    let open = json!({"set_status": {"series": DEC, "status": "open"}});
    world.tries_raw("guardian", Market, &open, &[]).refused_with("unauthorized");
    for status in ["listed", "auction", "expired", "settled"] {
        let set = json!({"set_status": {"series": DEC, "status": status}});
        world.tries_raw("guardian", Market, &set, &[]).refused_with("unauthorized");
    }
}

#[test]
fn lists_are_neither_empty_nor_endless() {
    let (world, ..) = stage();
    let many = |entry: Value, count: usize| vec![entry; count];
    for count in [0, 33] {
        for (contract, message) in [
            (Market, json!({"reap": {"orders": many(json!("1523-b-15500-1"), count)}})),
            (Market, json!({"push_marks": {"series": many(json!(DEC), count)}})),
            (Vault, json!({"touch": {"accounts": many(json!(8), count)}})),
        ] {
            world.tries_raw("anyone", contract, &message, &[]).refused_with("invalid_count");
        }
    }
    let twice = json!({"push_marks": {"series": [DEC, DEC]}});
    world.tries_raw("anyone", Market, &twice, &[]).refused_with("mixed_list");
    for _ in 1..8 {
        world.tries_raw("alice", Vault, &json!({"open_account": {}}), &[]).succeeds();
    }
    world.tries_raw("alice", Vault, &json!({"open_account": {}}), &[]).refused_with("too_many_accounts");
}
