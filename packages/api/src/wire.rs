//! JSON from outside, read by little code.
//!
//! A derived `Deserialize` is compiled once for each deserializer, and that of `serde_json` puts its parser into every
//! type and takes structs as lists too: a third of a contract. Here the text is parsed once, into a tree, and types are
//! read from the tree: no floats, and a struct only by the names of its fields.

mod tree;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error};

use tree::Tree;

/// A message or an answer as a contract takes it in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wire<T>(pub T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Wire<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tree = Tree::deserialize(deserializer)?;
        T::deserialize(&tree).map(Self).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::from_json;

    #[derive(serde::Deserialize, Debug, PartialEq)]
    #[serde(rename_all = "snake_case", deny_unknown_fields)]
    enum Message {
        Nothing,
        One(u8),
        Two(i8, bool),
        Some { list: Vec<Option<String>>, inner: Inner },
    }

    #[derive(serde::Deserialize, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[serde(default)]
        number: Option<u64>,
        newtype: Newtype,
    }

    #[derive(serde::Deserialize, Debug, PartialEq)]
    struct Newtype(i64);

    fn read(text: &str) -> Result<Message, String> {
        from_json::<Wire<Message>>(text).map(|read| read.0).map_err(|error| error.to_string())
    }

    fn some(number: Option<u64>, newtype: i64) -> Message {
        let list = vec![None, Some("é\"".to_string())];
        Message::Some { list, inner: Inner { number, newtype: Newtype(newtype) } }
    }

    #[test]
    fn what_the_derives_describe_is_read() {
        assert_eq!(read(r#""nothing""#), Ok(Message::Nothing));
        assert_eq!(read(r#"{"nothing":null}"#), Ok(Message::Nothing));
        assert_eq!(read(r#"{"one":255}"#), Ok(Message::One(255)));
        assert_eq!(read(r#"{"two":[-128,true]}"#), Ok(Message::Two(-128, true)));
        let full = r#" {"some" : {"list":[null, "\u00e9\""],"inner":{"newtype":-7,"number":18446744073709551615}}} "#;
        assert_eq!(read(full), Ok(some(Some(u64::MAX), -7)));
        assert_eq!(read(r#"{"some":{"list":[null,"é\""],"inner":{"newtype":0}}}"#), Ok(some(None, 0)));
        assert_eq!(read(r#"{"some":{"list":[null,"é\""],"inner":{"newtype":0,"number":null}}}"#), Ok(some(None, 0)));
    }

    #[test]
    fn all_else_is_refused_and_the_reason_is_told() {
        let refused = [
            (r#"{"one":256}"#, "invalid value: integer `256`, expected u8"),
            (r#"{"one":1.0}"#, "invalid type: a floating point number, expected JSON without floats"),
            (r#"{"one":1e9}"#, "a floating point number"),
            (r#"{"some":{"list":[-0.5]}}"#, "a floating point number"),
            (r#"{"one":18446744073709551616}"#, "a floating point number"),
            (r#"{"one":1e999}"#, "number out of range"),
            (r#"{"one":"1"}"#, "invalid type: string \"1\", expected u8"),
            (r#"{"one":1,"one":1}"#, "expected map with a single key"),
            (r#"{"one":1"#, "EOF"),
            (r#""one""#, "invalid type: unit variant, expected newtype variant"),
            (r#"{"nothing":1}"#, "invalid type: integer `1`, expected unit"),
            (r#"{"two":[1]}"#, "invalid length 1"),
            (r#"{"two":[1,true,3]}"#, "invalid length 3"),
            (r#"{"three":1}"#, "unknown variant `three`"),
            (r#"{"some":{"list":[]}}"#, "missing field `inner`"),
            (r#"{"some":{"list":[],"inner":[1,2]}}"#, "invalid type: sequence, expected struct Inner"),
            (r#"{"some":{"list":{},"inner":{"newtype":0}}}"#, "invalid type: map, expected a sequence"),
            (r#"{"some":{"list":[],"inner":{"newtype":0,"newtype":0}}}"#, "duplicate field `newtype`"),
            (r#"{"some":{"list":[],"inner":{"newtype":0,"x":0}}}"#, "unknown field `x`"),
            (r#"[]"#, "invalid type: sequence, expected enum"),
        ];
        for (text, reason) in refused {
            let told = read(text).unwrap_err();
            assert!(told.contains(reason), "{text}: {told}");
        }
    }

    #[test]
    fn messages_of_the_protocol_are_read_as_serde_json_reads_them() {
        use crate::market::{ExecuteMsg, QueryMsg};
        let orders = [
            r#"{"place_order":{"account":8,"series":"TOKZ26","side":"buy","lots":"3","price":{"limit":"1.6100"}}}"#,
            r#"{"place_order":{"account":8,"series":"TOKZ26","side":"sell","lots":"3","price":{"worst":"1.6"},
                "time_in_force":{"min_fill":{"lots":"2"}},"post_only":"slide","client_id":"7","max_fills":3}}"#,
            r#"{"set_status":{"series":"TOKZ26","status":"close_only"}}"#,
            r#"{"cancel_order":{"account":8,"order":{"client_id":"18446744073709551615"}}}"#,
        ];
        for text in orders {
            assert_eq!(from_json::<Wire<ExecuteMsg>>(text).unwrap().0, from_json::<ExecuteMsg>(text).unwrap());
        }
        let text = r#"{"book":{"series":"TOKZ26"}}"#;
        assert_eq!(from_json::<Wire<QueryMsg>>(text).unwrap().0, from_json::<QueryMsg>(text).unwrap());
        assert!(from_json::<Wire<QueryMsg>>(r#"{"book":{"series":"TOKZ26","dept":1}}"#).is_err());
    }
}
