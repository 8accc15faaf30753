//! Parsed JSON, and reading types from it.

use core::fmt;

use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, Expected, MapAccess, SeqAccess, Unexpected, VariantAccess,
    Visitor,
};
use thiserror::Error;

/// Any JSON without floats. A map keeps the order and the repetitions of its keys.
#[derive(Debug)]
pub enum Tree {
    Null,
    Flag(bool),
    Unsigned(u64),
    Signed(i64),
    Text(String),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
}

/// Why a tree is not of the type that was asked for. One pointer, for it is passed on at every field.
#[derive(Error, Debug)]
#[error("{0}")]
pub struct Mismatch(Box<Reason>);

/// In words.
#[derive(Error, Debug)]
#[error("{0}")]
pub struct Reason(String);

impl Error for Mismatch {
    fn custom<T: fmt::Display>(reason: T) -> Self {
        Self(Box::new(Reason(reason.to_string())))
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Grower)
    }
}

/// Builds a tree from whatever comes.
struct Grower;

impl<'de> Visitor<'de> for Grower {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without floats")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Tree, E> {
        Ok(Tree::Flag(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Tree, E> {
        Ok(Tree::Unsigned(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Tree, E> {
        Ok(Tree::Signed(number))
    }

    /// Refused without saying which, for printing floats takes more code than a contract has to spare.
    fn visit_f64<E: Error>(self, _: f64) -> Result<Tree, E> {
        Err(E::invalid_type(Unexpected::Other("a floating point number"), &self))
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::Text(text.to_string()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Tree, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Tree::Map(map))
    }
}

impl Tree {
    /// The tree as error texts name it.
    fn seen(&self) -> Unexpected<'_> {
        match self {
            Self::Null => Unexpected::Unit,
            Self::Flag(flag) => Unexpected::Bool(*flag),
            Self::Unsigned(number) => Unexpected::Unsigned(*number),
            Self::Signed(number) => Unexpected::Signed(*number),
            Self::Text(text) => Unexpected::Str(text),
            Self::List(_) => Unexpected::Seq,
            Self::Map(_) => Unexpected::Map,
        }
    }

    #[cold]
    #[inline(never)]
    fn mismatch(&self, expected: &dyn Expected) -> Mismatch {
        Mismatch::invalid_type(self.seen(), expected)
    }

    fn list(&self, expected: &dyn Expected) -> Result<Items<'_>, Mismatch> {
        match self {
            Self::List(list) => Ok(Items { length: list.len(), left: list.iter() }),
            other => Err(other.mismatch(expected)),
        }
    }

    fn map(&self, expected: &dyn Expected) -> Result<Entries<'_>, Mismatch> {
        match self {
            Self::Map(map) => Ok(Entries { left: map.iter(), value: &Self::Null }),
            other => Err(other.mismatch(expected)),
        }
    }

    fn variant(&self, expected: &dyn Expected) -> Result<Variant<'_>, Mismatch> {
        match self {
            Self::Text(name) => Ok(Variant { name, content: Content(None) }),
            Self::Map(map) => match map.as_slice() {
                [(name, content)] => Ok(Variant { name, content: Content(Some(content)) }),
                _ => Err(Mismatch::invalid_value(Unexpected::Map, &"map with a single key")),
            },
            other => Err(other.mismatch(expected)),
        }
    }
}

/// Gives methods of [`Deserializer`] their body: the kind of value each reads from a tree.
macro_rules! read {
    (unsigned: $($method:ident)*) => { read! { each: |self, visitor| match self {
        Tree::Unsigned(number) => visitor.visit_u64(*number),
        other => Err(other.mismatch(&visitor)),
    }; $($method)* } };
    (signed: $($method:ident)*) => { read! { each: |self, visitor| match self {
        Tree::Unsigned(number) => visitor.visit_u64(*number),
        Tree::Signed(number) => visitor.visit_i64(*number),
        other => Err(other.mismatch(&visitor)),
    }; $($method)* } };
    (text: $($method:ident)*) => { read! { each: |self, visitor| match self {
        Tree::Text(text) => visitor.visit_str(text),
        other => Err(other.mismatch(&visitor)),
    }; $($method)* } };
    (none: $($method:ident)*) => { read! { each: |self, visitor| Err(self.mismatch(&visitor)); $($method)* } };
    (each: |$this:ident, $visitor:ident| $body:expr; $($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>($this, $visitor: V) -> Result<V::Value, Mismatch> {
            $body
        }
    )*};
}

impl<'de> Deserializer<'de> for &Tree {
    type Error = Mismatch;

    read! { unsigned: deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 }
    read! { signed: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128 }
    read! { text: deserialize_str deserialize_string deserialize_char deserialize_identifier }
    // No message has any of these.
    read! { none: deserialize_any deserialize_f32 deserialize_f64 deserialize_bytes deserialize_byte_buf }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            Tree::Flag(flag) => visitor.visit_bool(*flag),
            other => Err(other.mismatch(&visitor)),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            Tree::Null => visitor.visit_unit(),
            other => Err(other.mismatch(&visitor)),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            Tree::Null => visitor.visit_none(),
            some => visitor.visit_some(some),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let mut items = self.list(&visitor)?;
        let value = visitor.visit_seq(&mut items)?;
        items.end()?;
        Ok(value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let entries = self.map(&visitor)?;
        visitor.visit_map(entries)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        let variant = self.variant(&visitor)?;
        visitor.visit_enum(variant)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_unit()
    }
}

/// What is left of a list.
struct Items<'a> {
    length: usize,
    left: core::slice::Iter<'a, Tree>,
}

impl Items<'_> {
    /// An error unless all items were taken.
    fn end(&self) -> Result<(), Mismatch> {
        if self.left.len() == 0 { Ok(()) } else { Err(Mismatch::invalid_length(self.length, &"fewer elements")) }
    }
}

impl<'de> SeqAccess<'de> for &mut Items<'_> {
    type Error = Mismatch;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Mismatch> {
        self.left.next().map(|item| seed.deserialize(item)).transpose()
    }
}

/// What is left of a map, and the value of the key taken last.
struct Entries<'a> {
    left: core::slice::Iter<'a, (String, Tree)>,
    value: &'a Tree,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Mismatch;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Mismatch> {
        let Some((key, value)) = self.left.next() else { return Ok(None) };
        self.value = value;
        seed.deserialize(Name(key)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Mismatch> {
        seed.deserialize(self.value)
    }
}

/// The name of a field or of a variant.
struct Name<'a>(&'a str);

impl<'de> Deserializer<'de> for Name<'_> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_str(self.0)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// A variant's name, and what stands with it.
struct Variant<'a> {
    name: &'a str,
    content: Content<'a>,
}

impl<'de, 'a> EnumAccess<'de> for Variant<'a> {
    type Error = Mismatch;
    type Variant = Content<'a>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Content<'a>), Mismatch> {
        Ok((seed.deserialize(Name(self.name))?, self.content))
    }
}

/// What stands with a variant's name: nothing for the name alone.
struct Content<'a>(Option<&'a Tree>);

impl<'a> Content<'a> {
    fn needed(self, expected: &'static str) -> Result<&'a Tree, Mismatch> {
        self.0.ok_or_else(|| Mismatch::invalid_type(Unexpected::UnitVariant, &expected))
    }
}

impl<'de> VariantAccess<'de> for Content<'_> {
    type Error = Mismatch;

    fn unit_variant(self) -> Result<(), Mismatch> {
        match self.0 {
            None | Some(Tree::Null) => Ok(()),
            Some(other) => Err(other.mismatch(&"unit")),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Mismatch> {
        seed.deserialize(self.needed("newtype variant")?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Mismatch> {
        self.needed("tuple variant")?.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Mismatch> {
        self.needed("struct variant")?.deserialize_map(visitor)
    }
}
