//! [`wanted_numbers`]: which texts a type wants to read as numbers or booleans.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ptr;

use figment::Error;
use figment::value::Value;
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, IntoDeserializer, Visitor};

/// Names the texts in question: where each stands in the tree, and what the caller calls it.
pub(crate) type Texts = HashMap<*const Value, usize>;

/// Returns figment's lossy value of each of `texts` that `T` asks a number or a boolean of.
///
/// It deserialises `T` once and gives up silently at the first error, so the answer may be incomplete.
/// It spares the caller an extraction for each of many numbers.
pub(crate) fn wanted_numbers<'de, T: Deserialize<'de>>(
    tree: &'de Value,
    texts: &Texts,
) -> Vec<(usize, Value)> {
    let wanted = RefCell::default();
    // What comes out is not used: the extraction that follows has figment's own deserialiser.
    let _ = T::deserialize(Probe {
        value: tree,
        texts,
        wanted: &wanted,
    });
    wanted.into_inner()
}

/// Deserialises as figment does, and notes what is asked of the texts in question.
#[derive(Clone, Copy)]
struct Probe<'de, 'p> {
    value: &'de Value,
    texts: &'p Texts,
    wanted: &'p RefCell<Vec<(usize, Value)>>,
}

impl<'de> Probe<'de, '_> {
    fn of(self, value: &'de Value) -> Self {
        Self { value, ..self }
    }

    /// Answers with the lossy value, if the text is one in question and has one.
    fn converted<V: Visitor<'de>>(
        self,
        lossy: Option<Value>,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match (lossy, self.texts.get(&ptr::from_ref(self.value))) {
            (Some(value), Some(text)) => {
                let answer = value.deserialize_any(visitor);
                self.wanted.borrow_mut().push((*text, value));
                answer
            }
            _ => self.deserialize_any(visitor),
        }
    }
}

macro_rules! numbers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let number = self.value.to_num_lossy();
            self.converted(number.map(|number| Value::Num(self.value.tag(), number)), visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Probe<'de, '_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Dict(_, dict) => {
                let entries = dict
                    .iter()
                    .map(|(key, value)| (key.as_str(), self.of(value)));
                visitor.visit_map(MapDeserializer::new(entries))
            }
            Value::Array(_, elements) => visitor.visit_seq(SeqDeserializer::new(
                elements.iter().map(|value| self.of(value)),
            )),
            scalar => scalar.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Empty(..) => self.deserialize_any(visitor),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.value {
            Value::Dict(_, dict) => {
                let entries = dict
                    .iter()
                    .map(|(key, value)| (key.as_str(), self.of(value)));
                visitor.visit_enum(MapAccessDeserializer::new(MapDeserializer::new(entries)))
            }
            scalar => scalar.deserialize_enum(name, variants, visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let boolean = self.value.to_bool_lossy();
        self.converted(
            boolean.map(|boolean| Value::Bool(self.value.tag(), boolean)),
            visitor,
        )
    }

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_f32 deserialize_f64
    }

    serde::forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Error> for Probe<'de, '_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
