//! Events, typed both ways: contracts write them, tests, keepers and pages read them back (SPEC: events).
//!
//! Each event states one fact: `v` (version) and `seq` (its place among the events of its message) first, then exact
//! integers and codes, state after. A value that does not apply is `-`.

use cosmwasm_std::Event;

/// The version of the events' layout.
pub const VERSION: u32 = 1;

/// What stands in an attribute.
pub trait Attribute: Sized {
    /// As text.
    fn write(&self) -> String;

    /// From text.
    fn read(text: &str) -> Option<Self>;
}

/// Implements [`Attribute`] for types whose `Display` and `FromStr` are each other's inverse.
#[macro_export]
macro_rules! text_attributes {
    ($($kind:ty),* $(,)?) => {$(
        impl $crate::event::Attribute for $kind {
            fn write(&self) -> String {
                self.to_string()
            }

            fn read(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
    )*};
}

text_attributes!(String, bool, u16, u32, u64, u128, i64, i128);

macro_rules! number_attributes {
    ($($kind:ty: $to:expr, $from:expr);* $(;)?) => {$(
        impl Attribute for $kind {
            fn write(&self) -> String {
                let to: fn(&Self) -> String = $to;
                to(self)
            }

            fn read(text: &str) -> Option<Self> {
                let from: fn(&str) -> Option<Self> = $from;
                from(text)
            }
        }
    )*};
}

use tokfut_core::id::{AccountId, OrderId, SeriesId};
use tokfut_core::money::{Amount, SignedAmount};
use tokfut_core::price::{Lots, NetLots, Price, Side};
use tokfut_core::time::Time;

number_attributes! {
    AccountId: |id| id.0.to_string(), |text| text.parse().ok().map(AccountId);
    SeriesId: |id| id.0.to_string(), |text| text.parse().ok().map(SeriesId);
    OrderId: |id| id.to_string(), |text| text.parse().ok();
    Amount: |amount| amount.to_string(), |text| text.parse().ok().map(Amount::new);
    SignedAmount: |amount| amount.to_string(), |text| text.parse().ok().map(SignedAmount::new);
    Lots: |lots| lots.to_string(), |text| text.parse().ok().map(Lots::new);
    NetLots: |lots| lots.to_string(), |text| text.parse().ok().map(NetLots::new);
    Price: |price| price.units().to_string(), |text| Price::new(text.parse().ok()?).ok();
    Time: |time| time.seconds().to_string(), |text| text.parse().ok().map(Time::new);
    Side: |side| side.to_string(), |text| match text {
        "buy" => Some(Side::Buy),
        "sell" => Some(Side::Sell),
        _ => None,
    };
}

impl<T: Attribute> Attribute for Option<T> {
    fn write(&self) -> String {
        self.as_ref().map_or_else(|| "-".to_string(), Attribute::write)
    }

    fn read(text: &str) -> Option<Self> {
        if text == "-" { Some(None) } else { T::read(text).map(Some) }
    }
}

/// An event of a contract.
pub trait TypedEvent: Sized {
    /// Its name, `tf_…`.
    const NAME: &'static str;

    /// As the chain carries it; `seq` is its place in the response.
    fn into_event(self, seq: usize) -> Event;

    /// Back from the chain, with or without its `wasm-` prefix; none if it is another event or not of this shape.
    fn parse(event: &Event) -> Option<Self>;
}

/// The value of an attribute of an event.
pub fn attribute<'a>(event: &'a Event, key: &str) -> Option<&'a str> {
    event.attributes.iter().find(|attribute| attribute.key == key).map(|attribute| attribute.value.as_str())
}

/// The name of an event without the chain's prefix.
pub fn name(event: &Event) -> &str {
    event.ty.strip_prefix("wasm-").unwrap_or(&event.ty)
}

/// Defines events: a struct each, with its name, and both ways of it.
#[macro_export]
macro_rules! events {
    ($($(#[$doc:meta])* $kind:ident = $name:literal { $($(#[$field_doc:meta])* $field:ident: $type:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $kind {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl $crate::event::TypedEvent for $kind {
            const NAME: &'static str = $name;

            fn into_event(self, seq: usize) -> ::cosmwasm_std::Event {
                let fields = vec![$((stringify!($field), $crate::event::Attribute::write(&self.$field)),)*];
                $crate::event::numbered($name, seq, fields)
            }

            fn parse(event: &::cosmwasm_std::Event) -> Option<Self> {
                if $crate::event::name(event) != $name {
                    return None;
                }
                Some(Self {
                    $($field: $crate::event::Attribute::read($crate::event::attribute(event, stringify!($field))?)?,)*
                })
            }
        }
    )*};
}

/// An event of this name, version and place, with the fields of its fact.
pub fn numbered(name: &str, seq: usize, fields: Vec<(&str, String)>) -> Event {
    let first = [("v", VERSION.to_string()), ("seq", seq.to_string())];
    Event::new(name).add_attributes(first.into_iter().chain(fields))
}

/// Events of one response, in order, each numbered.
#[derive(Default)]
pub struct EventLog(Vec<Event>);

impl EventLog {
    /// Notes one more fact.
    pub fn push(&mut self, event: impl TypedEvent) {
        let seq = self.0.len();
        self.0.push(event.into_event(seq));
    }

    /// The events, in order.
    pub fn into_events(self) -> Vec<Event> {
        self.0
    }
}
