//! Questions for all there is to know of a deployment.

use serde_json::{Value, json};
use tokfut_api::oracle::FeedResponse;
use tokfut_client::{Contract, Failure, Protocol};
use tokfut_core::product::Product;
use tokfut_scenario::replay::Done;

use super::story::Story;

/// Items on a page.
const PAGE: usize = 30;

/// Asks, and tells questions and answers: products, series, books, accounts, feeds, what these people have in the bank,
/// records.
pub async fn tell(
    protocol: &Protocol,
    story: &mut Story,
    people: impl Iterator<Item = &String>,
) -> Result<(), Failure> {
    let mut desk = Desk { protocol, story };
    let spec = &protocol.deployment().spec;
    for product in &spec.products {
        desk.product(product).await?;
    }
    desk.accounts().await?;
    for feed in &spec.feeds {
        desk.feed(feed.id).await?;
    }
    desk.ask(Contract::Vault, json!({"balance_sheet": {}})).await?;
    for name in people {
        let address = desk.story.names().address(name).unwrap_or_else(|| cosmwasm_std::Addr::unchecked(name));
        let balance = protocol.node().balance(address.as_str(), &spec.denom).await?;
        desk.story.tell(&json!({"balance": name}), &Ok(Done::data(Value::String(balance.to_string()))));
    }
    for contract in Contract::ALL {
        let records = protocol.node().records(protocol.deployment().address(contract)).await?;
        desk.story.tell(&json!({"records": contract.name()}), &Ok(Done::records(&records)));
    }
    Ok(())
}

struct Desk<'a> {
    protocol: &'a Protocol,
    story: &'a mut Story,
}

impl Desk<'_> {
    /// Asks, and tells it; what was answered.
    async fn ask(&mut self, contract: Contract, msg: Value) -> Result<Value, Failure> {
        let answer: Result<Value, Failure> = self.protocol.ask(contract, &msg).await;
        if let Err(failure) = &answer
            && failure.code == "node_unreachable"
        {
            return Err(failure.clone());
        }
        let told = answer.clone().map(Done::data);
        self.story.tell(&json!({"query": {"contract": contract.name(), "msg": msg}}), &told);
        Ok(answer.unwrap_or_default())
    }

    async fn product(&mut self, product: &Product) -> Result<(), Failure> {
        let code = product.code.to_string();
        self.ask(Contract::Market, json!({"product": {"code": code}})).await?;
        self.ask(Contract::Vault, json!({"settlement": {"product": code}})).await?;
        let listed = self.ask(Contract::Market, json!({"series_list": {"product": code}})).await?;
        for series in listed.as_array().into_iter().flatten() {
            let (code, id) = (&series["code"], &series["id"]);
            self.ask(Contract::Market, json!({"book": {"series": code}})).await?;
            self.ask(Contract::Market, json!({"settlements": {"series": code}})).await?;
            self.ask(Contract::Vault, json!({"series": {"series": id}})).await?;
        }
        Ok(())
    }

    async fn accounts(&mut self) -> Result<(), Failure> {
        let mut after = Value::Null;
        loop {
            let msg = json!({"accounts": {"start_after": after, "limit": PAGE}});
            let page = self.ask(Contract::Vault, msg).await?;
            let Some(last) = page.as_array().and_then(|page| page.last()) else { return Ok(()) };
            after = last["account"].clone();
            for account in page.as_array().into_iter().flatten() {
                self.orders(&account["account"]).await?;
                self.ask(Contract::Vault, json!({"delegates": {"account": account["account"]}})).await?;
            }
        }
    }

    async fn orders(&mut self, account: &Value) -> Result<(), Failure> {
        let mut after = Value::Null;
        loop {
            let msg = json!({"orders": {"account": account, "start_after": after, "limit": PAGE}});
            let page = self.ask(Contract::Market, msg).await?;
            let Some(last) = page.as_array().and_then(|page| page.last()) else { return Ok(()) };
            after = last["id"].clone();
        }
    }

    async fn feed(&mut self, feed: u32) -> Result<(), Failure> {
        let standing = self.ask(Contract::Oracle, json!({"feed": {"feed": feed}})).await?;
        for query in ["status", "pending", "latest"] {
            self.ask(Contract::Oracle, json!({query: {"feed": feed}})).await?;
        }
        let Ok(FeedResponse { first_round, next_round, .. }) = serde_json::from_value(standing) else { return Ok(()) };
        for round in first_round..=next_round {
            self.ask(Contract::Oracle, json!({"round": {"feed": feed, "round": round}})).await?;
        }
        Ok(())
    }
}
