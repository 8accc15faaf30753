//! Writes the JSON schemas of the three contracts as `market.json`, `oracle.json` and `vault.json` into the folder given.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use cosmwasm_schema::Api;
use schemars::schema::RootSchema;
use schemars::{JsonSchema, schema_for};
use tokfut_api::migration::MigrateMsg;
use tokfut_api::{market, oracle, vault};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: schema FOLDER")?;
    let documents = [
        ("market", of::<market::InstantiateMsg, market::ExecuteMsg, market::QueryMsg>(market::QueryMsg::responses())),
        ("oracle", of::<oracle::InstantiateMsg, oracle::ExecuteMsg, oracle::QueryMsg>(oracle::QueryMsg::responses())),
        ("vault", of::<vault::InstantiateMsg, vault::ExecuteMsg, vault::QueryMsg>(vault::QueryMsg::responses())),
    ];
    for (name, api) in documents {
        let text = Api { contract_name: format!("tokfut-{name}"), ..api }.render().to_string()?;
        std::fs::write(Path::new(&folder).join(name).with_extension("json"), text + "\n")?;
    }
    Ok(())
}

/// The messages of a contract, and what answers its queries.
fn of<I: JsonSchema, E: JsonSchema, Q: JsonSchema>(responses: BTreeMap<String, RootSchema>) -> Api {
    Api {
        contract_name: String::new(),
        contract_version: env!("CARGO_PKG_VERSION").to_string(),
        instantiate: Some(schema_for!(I)),
        execute: Some(schema_for!(E)),
        query: Some(schema_for!(Q)),
        migrate: Some(schema_for!(MigrateMsg)),
        sudo: None,
        responses: Some(responses),
    }
}
