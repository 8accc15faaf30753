//! Integers on the wire: decimal strings in JSON (clause 1.5), compact numbers in storage.

use core::fmt::Display;
use core::str::FromStr;

/// The number that `text` says. One number has one text: no plus sign, no leading zeros.
#[inline(never)]
pub(crate) fn number<T: FromStr + Display>(text: &str, what: &str) -> Result<T, String> {
    let number = text.parse::<T>().ok().filter(|number| number.to_string() == text);
    number.ok_or_else(|| format!("{text:?} is not {what}"))
}

/// Says so.
#[cold]
pub(crate) fn out_of_bounds(number: &dyn Display, what: &str) -> String {
    format!("{number} is out of bounds for {what}")
}

/// Gives an integer newtype both forms. `$accept` bounds what a message may carry.
macro_rules! decimal_string {
    ($name:ident, $inner:ty, $accept:expr, $what:literal) => {
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(&self.0)
                } else {
                    ::serde::Serialize::serialize(&self.0, serializer)
                }
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                use ::serde::de::Error;
                let accept: fn(&$inner) -> bool = $accept;
                let number = if deserializer.is_human_readable() {
                    let text = ::std::string::String::deserialize(deserializer)?;
                    $crate::wire::number::<$inner>(&text, $what).map_err(D::Error::custom)?
                } else {
                    <$inner>::deserialize(deserializer)?
                };
                if accept(&number) {
                    Ok(Self(number))
                } else {
                    Err(D::Error::custom($crate::wire::out_of_bounds(&number, $what)))
                }
            }
        }

        #[cfg(feature = "schema")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> String {
                stringify!($name).to_string()
            }

            fn json_schema(_: &mut ::schemars::r#gen::SchemaGenerator) -> ::schemars::schema::Schema {
                let mut schema = ::schemars::schema::SchemaObject {
                    instance_type: Some(::schemars::schema::InstanceType::String.into()),
                    ..Default::default()
                };
                schema.metadata().description = Some($what.to_string());
                schema.into()
            }
        }
    };
}

pub(crate) use decimal_string;
