//! Places an order below the market and cancels it.
//!
//! usage: TOKFUT_MNEMONIC="…" order DEPLOYMENT SERIES PRICE

use serde_json::json;
use tokfut_client::{Deployment, Failure, Key, Node, Protocol, Trader, Wallet};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let usage = |error: &dyn std::fmt::Display| Failure::new("usage", error);
    let [path, series, price] =
        std::env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| usage(&"order DEPLOYMENT SERIES PRICE"))?;
    let deployment = Deployment::parse(&std::fs::read_to_string(path).map_err(|error| usage(&error))?)?;
    let key = Key::from_mnemonic(&std::env::var("TOKFUT_MNEMONIC").map_err(|error| usage(&error))?)?;

    let node = Node::connect(&deployment.node).await?;
    let wallet = Wallet::new(&node, key, &deployment.prefix, deployment.gas_price.parse()?)?;
    let trader = Trader::new(Protocol::new(&node, deployment)?, wallet);

    let owned = trader.protocol().accounts_of(trader.wallet().address()).await?;
    let account = *owned.first().ok_or_else(|| usage(&"the key has no account: tokfut account open"))?;
    let order = json!({"account": account, "series": series, "side": "buy", "lots": "1", "price": {"limit": price}});
    let placed = trader.place(serde_json::from_value(order).map_err(|error| usage(&error))?).await?;
    println!("{:?} for {} gas", placed.order, placed.receipt.gas_used);

    if let Some(id) = &placed.order.order {
        let receipt = trader.cancel(account, id).await?;
        println!("{id} cancelled in block {}", receipt.height);
    }
    Ok(())
}
