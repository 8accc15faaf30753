//! Writes `market.json`, the schema of all messages, into the folder given as the only argument.

use std::path::Path;

use cosmwasm_schema::Api;
use schemars::schema_for;
use tokfut_api::market::{ExecuteMsg, InstantiateMsg, QueryMsg};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: schema FOLDER")?;
    let api = Api {
        contract_name: "tokfut-market".to_string(),
        contract_version: env!("CARGO_PKG_VERSION").to_string(),
        instantiate: Some(schema_for!(InstantiateMsg)),
        execute: Some(schema_for!(ExecuteMsg)),
        query: Some(schema_for!(QueryMsg)),
        migrate: None,
        sudo: None,
        responses: Some(QueryMsg::responses()),
    };
    std::fs::write(Path::new(&folder).join("market.json"), api.render().to_string()? + "\n")?;
    Ok(())
}
