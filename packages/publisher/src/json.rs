//! JSON answers, read without ever making a float of a price.

use serde_json::value::RawValue;

/// A row of an answer: its key where rows are the fields of an object, and its text.
pub struct Row<'a> {
    /// The field's name; none in a list.
    pub key: Option<String>,
    text: &'a RawValue,
}

/// The rows at a JSON pointer: those of a list, or the fields of an object.
pub fn rows<'a>(answer: &'a [u8], pointer: &str) -> Result<Vec<Row<'a>>, String> {
    let whole: &RawValue = serde_json::from_slice(answer).map_err(|error| format!("not JSON: {error}"))?;
    let rows = at(whole, pointer).ok_or_else(|| format!("nothing at {pointer:?}"))?;
    if let Some(list) = list(rows) {
        return Ok(list.into_iter().map(|text| Row { key: None, text }).collect());
    }
    let fields = object(rows).ok_or_else(|| format!("no rows at {pointer:?}"))?;
    Ok(fields.into_iter().map(|(key, text)| Row { key: Some(key), text }).collect())
}

impl Row<'_> {
    /// The text or number at a pointer within the row, as it stands; none where there is nothing, or null.
    pub fn scalar(&self, pointer: &str) -> Result<Option<String>, String> {
        let Some(value) = at(self.text, pointer) else { return Ok(None) };
        let text = value.get();
        match text.as_bytes().first() {
            Some(b'n') => Ok(None),
            Some(b'"') => serde_json::from_str(text).map(Some).map_err(|error| error.to_string()),
            Some(b'-' | b'0'..=b'9') => Ok(Some(text.to_string())),
            _ => Err(format!("{pointer:?} is neither text nor number")),
        }
    }
}

fn at<'a>(value: &'a RawValue, pointer: &str) -> Option<&'a RawValue> {
    if pointer.is_empty() {
        return Some(value);
    }
    let mut found = value;
    for token in pointer.strip_prefix('/')?.split('/') {
        let token = token.replace("~1", "/").replace("~0", "~");
        found = match list(found) {
            Some(list) => list.get(token.parse::<usize>().ok()?).copied()?,
            None => object(found)?.into_iter().find(|(key, _)| *key == token)?.1,
        };
    }
    Some(found)
}

fn list(value: &RawValue) -> Option<Vec<&RawValue>> {
    if value.get().starts_with('[') { serde_json::from_str(value.get()).ok() } else { None }
}

/// The fields in their order.
fn object(value: &RawValue) -> Option<Vec<(String, &RawValue)>> {
    struct Fields<'a>(Vec<(String, &'a RawValue)>);
    struct Visitor;
    impl<'de> serde::de::Visitor<'de> for Visitor {
        type Value = Fields<'de>;

        fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<M: serde::de::MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
            let mut fields = Vec::new();
            while let Some(field) = map.next_entry()? {
                fields.push(field);
            }
            Ok(Fields(fields))
        }
    }
    impl<'de> serde::Deserialize<'de> for Fields<'de> {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_map(Visitor)
        }
    }
    serde_json::from_str::<Fields>(value.get()).ok().map(|fields| fields.0)
}

/// A decimal as JSON writes numbers, `1.25`, `2.5e-07`, times 10^`shift`, in millionths: exactly, or none.
pub fn millionths(text: &str, shift: i32) -> Option<u64> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || mantissa.ends_with('.') {
        return None;
    }
    let number = format!("{whole}{fraction}").trim_start_matches('0').to_string();
    let places = i32::try_from(fraction.len()).ok()?;
    let power = exponent.checked_add(shift)?.checked_add(6)?.checked_sub(places)?;
    if number.is_empty() {
        return Some(0);
    }
    if power >= 0 {
        let scale = 10_u64.checked_pow(u32::try_from(power).ok()?)?;
        return number.parse::<u64>().ok()?.checked_mul(scale);
    }
    // What would be cut off must be zeros.
    let cut = usize::try_from(power.unsigned_abs()).ok()?;
    let (kept, rest) = number.split_at_checked(number.len().checked_sub(cut)?)?;
    let exact = rest.bytes().all(|byte| byte == b'0');
    if exact { kept.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_exactly_or_not_at_all() {
        for (text, shift, expected) in [
            ("1.25", 0, Some(1_250_000)),
            ("10", 0, Some(10_000_000)),
            ("2.5e-07", 6, Some(250_000)),
            ("1.5E-6", 6, Some(1_500_000)),
            ("0.00000125", 6, Some(1_250_000)),
            ("3e2", 0, Some(300_000_000)),
            ("0.10000000", 0, Some(100_000)),
            ("0.0", 0, Some(0)),
            ("0.0000001", 0, None),
            ("1.2345678", 0, None),
            ("-1", 0, None),
            ("", 0, None),
            ("1.", 0, None),
            (".5", 0, None),
            ("1e99", 0, None),
            ("NaN", 0, None),
        ] {
            assert_eq!(millionths(text, shift), expected, "{text}");
        }
    }

    #[test]
    fn rows_are_found_in_lists_and_objects_with_their_numbers_as_they_stand() {
        let answer = br#"{"data":{"a/b":[{"id":"x","p":{"in":0.10000000000000000001}},{"id":7,"p":null}]}}"#;
        let found = rows(answer, "/data/a~1b").unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].scalar("/p/in").unwrap().as_deref(), Some("0.10000000000000000001"));
        assert_eq!(found[1].scalar("/id").unwrap().as_deref(), Some("7"));
        assert_eq!(found[1].scalar("/p/in").unwrap(), None);
        assert_eq!(found[1].scalar("/p").unwrap(), None);
        assert!(found[0].scalar("/p").is_err());
        let keyed = rows(br#"{"gpt-5":{"in":1},"gpt-6":{"in":2}}"#, "").unwrap();
        assert_eq!(keyed[1].key.as_deref(), Some("gpt-6"));
        assert_eq!(rows(b"<html>", "").err().unwrap()[..8], *"not JSON");
        assert!(rows(b"{}", "/data").is_err());
        assert!(rows(b"3", "").is_err());
    }
}
