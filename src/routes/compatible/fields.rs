//! The members of a JSON body: what is missing, or does not say what it should, is named.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::routes::problem::Problem;
use crate::routes::upload::wrong_field;

/// The members of a JSON object.
pub struct Fields(Map<String, Value>);

impl Fields {
    /// Those of this body; of none at all, none.
    pub fn of(body: Option<Value>) -> Result<Self, Problem> {
        match body {
            None => Ok(Self(Map::new())),
            Some(Value::Object(members)) => Ok(Self(members)),
            Some(_) => Err(Problem::malformed("the body is not a JSON object")),
        }
    }

    /// One that must be there.
    pub fn required<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, Problem> {
        let missing = || Problem::malformed(format!("`{name}` is missing")).with("param", name);
        self.optional(name)?.ok_or_else(missing)
    }

    /// Whether it is there and says something.
    pub fn is_given(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| !value.is_null())
    }

    /// One that may be there; null is as good as nothing.
    pub fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, Problem> {
        let value = self.0.remove(name).unwrap_or_default();
        serde_json::from_value(value).map_err(|error| wrong_field(name, error))
    }
}
