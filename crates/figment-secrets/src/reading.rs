//! [`Reading`]: deserialises from figment's tree as figment does, and reads numbers in the text of secrets.

use std::cell::{Cell, OnceCell, RefCell};
use std::ptr;

use figment::Error;
use figment::value::{Num, Value};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, Error as _, IntoDeserializer, Visitor};

use crate::effective::Effective;

/// Figment's own types ask for structs of such names, and only its own deserialiser understands them.
const ASKED_BY_FIGMENT: &str = "___figment";

/// Deserialises from an effective tree.
///
/// It needs no copy of the tree, as figment does. Its errors tell neither key nor file: whoever needs
/// them, or meets one of figment's own types, extracts again with figment.
pub(crate) struct Reading<'de> {
    effective: &'de Effective,
    lossy: bool,
    /// Where the secrets are, in order, once that is asked: few types ask numbers of texts.
    secrets: OnceCell<Vec<*const Value>>,
    converted: RefCell<Vec<(&'de Value, Value)>>,
}

impl<'de> Reading<'de> {
    /// Prepares to read; if `lossy`, numbers and booleans from any text, else from that of secrets.
    pub(crate) fn new(effective: &'de Effective, lossy: bool) -> Self {
        Self {
            effective,
            lossy,
            secrets: OnceCell::new(),
            converted: RefCell::default(),
        }
    }

    /// Reads a part of the tree.
    pub(crate) fn read<T: Deserialize<'de>>(&self, part: &'de Value) -> Result<T, Error> {
        T::deserialize(Reader::new(self, part))
    }

    /// Returns the texts that were read as something else, each with what it was read as.
    pub(crate) fn into_converted(self) -> Vec<(&'de Value, Value)> {
        self.converted.into_inner()
    }

    fn secrets(&self) -> &[*const Value] {
        self.secrets.get_or_init(|| {
            let leaves = self.effective.leaves().iter();
            let values = leaves.filter_map(|leaf| leaf.path.find(self.effective.tree()));
            let mut places: Vec<_> = values.map(ptr::from_ref).collect();
            places.sort_unstable();
            places
        })
    }

    /// Tells whether a text may be read as a number or boolean.
    fn converts(&self, value: &Value) -> bool {
        self.lossy || self.secrets().binary_search(&ptr::from_ref(value)).is_ok()
    }
}

/// Reads a text as a number as figment's lossy methods do, and fractions to the last digit: figment makes
/// 0.10000000149 of a short `0.1`.
pub(crate) fn number(text: &Value) -> Option<Num> {
    match (text.to_num_lossy()?, text) {
        (Num::F32(_), Value::String(_, text)) => text.trim().parse().ok().map(Num::F64),
        (number, _) => Some(number),
    }
}

struct Reader<'de, 'r> {
    value: &'de Value,
    reading: &'r Reading<'de>,
    is_readable: Cell<bool>,
}

impl<'de, 'r> Reader<'de, 'r> {
    fn new(reading: &'r Reading<'de>, value: &'de Value) -> Self {
        Self {
            value,
            reading,
            is_readable: Cell::new(true),
        }
    }

    fn of(&self, value: &'de Value) -> Self {
        Self::new(self.reading, value)
    }

    /// Answers with the lossy value, if there is one and it may be used.
    fn converted<V: Visitor<'de>>(
        self,
        lossy: impl FnOnce(&Value) -> Option<Value>,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if !matches!(self.value, Value::String(..)) && !self.reading.lossy {
            return self.deserialize_any(visitor);
        }
        let is_converted = self.reading.converts(self.value);
        let lossy_value = is_converted.then(|| lossy(self.value)).flatten();
        match lossy_value {
            Some(value) => {
                let answer = value.deserialize_any(visitor);
                self.reading
                    .converted
                    .borrow_mut()
                    .push((self.value, value));
                answer
            }
            None => self.deserialize_any(visitor),
        }
    }
}

macro_rules! numbers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let lossy = |text: &Value| Some(Value::Num(text.tag(), number(text)?));
            self.converted(lossy, visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Reader<'de, '_> {
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

    /// Answers each time otherwise: by this, figment's own types recognise figment's deserialiser.
    fn is_human_readable(&self) -> bool {
        self.is_readable.replace(!self.is_readable.get())
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

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name.starts_with(ASKED_BY_FIGMENT) {
            return Err(Error::custom("one of figment's own types"));
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let lossy = |text: &Value| Some(Value::Bool(text.tag(), text.to_bool_lossy()?));
        self.converted(lossy, visitor)
    }

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_f32 deserialize_f64
    }

    serde::forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map identifier
        ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Error> for Reader<'de, '_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
