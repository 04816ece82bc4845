//! [`only_objects!`]: bodies that are objects, and nothing else.

/// Lets types be read from objects only; each derives `Deserialize` with `remote = "Self"`.
///
/// What serde derives takes an array for a struct too, its items for the fields in their order. A document of
/// that form is not Infisical's, and which item would become the value is an accident of our source.
macro_rules! only_objects {
    ($($body:ty),+ $(,)?) => {$(
        impl<'de> serde::Deserialize<'de> for $body {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Object;

                impl<'de> serde::de::Visitor<'de> for Object {
                    type Value = $body;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<M: serde::de::MapAccess<'de>>(
                        self,
                        fields: M,
                    ) -> Result<$body, M::Error> {
                        // The function that is derived, not this trait's.
                        <$body>::deserialize(serde::de::value::MapAccessDeserializer::new(fields))
                    }
                }

                deserializer.deserialize_map(Object)
            }
        }
    )+};
}

pub(crate) use only_objects;

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    #[derive(Deserialize)]
    #[serde(remote = "Self")]
    struct Pair {
        one: u8,
        #[serde(default)]
        two: u8,
    }

    only_objects!(Pair);

    #[test]
    fn an_object_is_read_and_an_array_is_not() {
        let pair = |text: &str| serde_json::from_str::<Pair>(text).ok();
        let read = pair(r#"{"two":2,"more":[],"one":1}"#).unwrap();
        assert_eq!((read.one, read.two), (1, 2));
        for text in ["[1,2]", "[1]", "1", "null", "{}", r#"{"one":1,"one":1}"#] {
            assert!(pair(text).is_none(), "{text}");
        }
    }
}
