//! Integers on the wire: decimal strings in JSON (clause 1.5), compact numbers in storage.

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
                    // One number has one text: no plus sign, no leading zeros.
                    let number = text.parse::<$inner>().ok().filter(|number| number.to_string() == text);
                    number.ok_or_else(|| D::Error::custom(format!("{text:?} is not {}", $what)))?
                } else {
                    <$inner>::deserialize(deserializer)?
                };
                if accept(&number) {
                    Ok(Self(number))
                } else {
                    Err(D::Error::custom(format!("{number} is out of bounds for {}", $what)))
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
