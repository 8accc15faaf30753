//! Answers held against those that are expected.

use anyhow::{Context, bail};
use serde_json::Value;

/// Codes of failures that each chain words in its own way.
const OF_THE_CHAIN: [&str; 5] = ["failed", "insufficient_funds", "invalid_address", "invalid_funds", "invalid_message"];

/// How many answers there are, if they are as expected.
///
/// # Errors
/// The first step whose answer is another, and where in it.
pub fn compare(steps: &str, answers: &str, expected: &str) -> anyhow::Result<usize> {
    let (steps, answers, expected): (Vec<_>, Vec<_>, Vec<_>) =
        (steps.lines().collect(), answers.lines().collect(), expected.lines().collect());
    for ((step, answer), wanted) in steps.iter().zip(&answers).zip(&expected) {
        let (answer, wanted) = (read(answer)?, read(wanted)?);
        if let Some((place, here, there)) = difference(&answer, &wanted, "") {
            let line = answer.get("line").unwrap_or(&Value::Null);
            bail!("line {line}: {step}\n  {place}: {here}\n  expected: {there}");
        }
    }
    if answers.len() != expected.len() {
        bail!("{} answers, {} expected", answers.len(), expected.len());
    }
    Ok(answers.len())
}

fn read(line: &str) -> anyhow::Result<Value> {
    serde_json::from_str(line).with_context(|| format!("not an answer: {line}"))
}

/// Where two values first differ, and what stands there in each.
fn difference(one: &Value, other: &Value, place: &str) -> Option<(String, Value, Value)> {
    let into = |key: &str, one: Option<&Value>, other: Option<&Value>| match (one, other) {
        (Some(one), Some(other)) => difference(one, other, &format!("{place}/{key}")),
        (None, None) => None,
        _ => Some((format!("{place}/{key}"), one.cloned().unwrap_or_default(), other.cloned().unwrap_or_default())),
    };
    match (one, other) {
        (Value::Object(fields), Value::Object(others)) => {
            let worded = fields.get("code").and_then(Value::as_str).is_some_and(|code| OF_THE_CHAIN.contains(&code));
            let keys = fields.keys().chain(others.keys().filter(|key| !fields.contains_key(*key)));
            let mut keys = keys.filter(|key| !(worded && place == "/error" && *key == "message"));
            keys.find_map(|key| into(key, fields.get(key), others.get(key)))
        }
        (Value::Array(items), Value::Array(others)) => {
            let mut places = 0..items.len().max(others.len());
            places.find_map(|index| into(&index.to_string(), items.get(index), others.get(index)))
        }
        _ => (one != other).then(|| (place.to_string(), one.clone(), other.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(answer: &str, expected: &str) -> String {
        compare(r#"{"check":{}}"#, answer, expected).map_or_else(|error| error.to_string(), |count| count.to_string())
    }

    #[test]
    fn the_first_difference_is_named() {
        let answer = r#"{"line":1,"ok":true,"data":{"cash":"5","positions":[{"lots":"1"},{"lots":"2"}]},"events":[]}"#;
        assert_eq!(words(answer, answer), "1");
        for (from, to, place) in [
            (r#""cash":"5""#, r#""cash":"6""#, "/data/cash: \"5\"\n  expected: \"6\""),
            (r#"{"lots":"2"}"#, r#"{"lots":"3"}"#, "/data/positions/1/lots: \"2\"\n  expected: \"3\""),
            (r#",{"lots":"2"}"#, "", "/data/positions/1: {\"lots\":\"2\"}\n  expected: null"),
            (r#""ok":true"#, r#""ok":false"#, "/ok: true\n  expected: false"),
        ] {
            let expected = answer.replace(from, to);
            assert_eq!(words(answer, &expected), format!("line 1: {{\"check\":{{}}}}\n  {place}"));
        }
        assert_eq!(words(answer, ""), "1 answers, 0 expected");
    }

    #[test]
    fn the_chains_own_words_may_differ_and_a_contracts_may_not() {
        let refused =
            |code, words| format!(r#"{{"line":1,"ok":false,"error":{{"code":"{code}","message":"{words}"}}}}"#);
        assert_eq!(words(&refused("insufficient_funds", "a"), &refused("insufficient_funds", "b")), "1");
        assert!(words(&refused("strike_due", "a"), &refused("strike_due", "b")).contains("/error/message"));
        assert!(words(&refused("failed", "a"), &refused("invalid_funds", "a")).contains("/error/code"));
    }
}
