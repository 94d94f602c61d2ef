//! The document at /openapi.json, read, and what it says of an answer.

use std::collections::BTreeSet;

use jsonschema::Validator;
use reqwest::Response;
use serde_json::{Value, json};

use crate::door::Door;

/// The document as the server gives it.
pub struct Document(pub Value);

impl Document {
    pub async fn of(door: &Door) -> Self {
        Self(door.json("/openapi.json").await)
    }

    /// Every method and path.
    pub fn calls(&self) -> BTreeSet<(String, String)> {
        let paths = self.0["paths"].as_object().unwrap().iter();
        let calls = paths.flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods.map(|method| (method.to_uppercase(), path.clone()))
        });
        calls.collect()
    }

    pub fn follow<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(place) => self.0.pointer(place.trim_start_matches('#')).unwrap(),
            None => value,
        }
    }

    /// The schema of what an event of a turn brings.
    pub fn event(&self, name: &str) -> &str {
        let events = self.0["components"]["schemas"]["TurnEvent"]["oneOf"].as_array().unwrap();
        let named = events.iter().find(|event| event["properties"]["event"]["const"] == name);
        let brought = &named.unwrap()["properties"]["data"]["contentSchema"]["$ref"];
        brought.as_str().unwrap().rsplit('/').next().unwrap()
    }

    /// What judges values of this schema, wherever in the document it stands.
    pub fn judge(&self, schema: &Value) -> Validator {
        let whole = json!({ "allOf": [schema], "components": self.0["components"] });
        jsonschema::draft202012::options().should_validate_formats(true).build(&whole).unwrap()
    }

    /// Holds a value to the schema of this name, which must tell of all its members.
    #[track_caller]
    pub fn holds(&self, name: &str, value: &Value) {
        let schema = json!({ "$ref": format!("#/components/schemas/{name}") });
        self.hold(&schema, value, name);
        let told = self.members(&self.0["components"]["schemas"][name]);
        for member in value.as_object().unwrap().keys() {
            assert!(told.contains(member.as_str()), "{name} does not tell of `{member}`");
        }
    }

    #[track_caller]
    pub fn hold(&self, schema: &Value, value: &Value, what: &str) {
        let wrong: Vec<_> = self
            .judge(schema)
            .iter_errors(value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{what}: {wrong:#?}\n{value:#}");
    }

    fn members<'a>(&'a self, schema: &'a Value) -> BTreeSet<&'a str> {
        let schema = self.follow(schema);
        let own = schema["properties"].as_object().into_iter().flatten();
        let parts = schema["allOf"].as_array().into_iter().flatten();
        let own = own.map(|(name, _)| name.as_str());
        own.chain(parts.flat_map(|part| self.members(part))).collect()
    }

    /// Holds an answer to what is told of it: status, media type, headers, and the body if it is
    /// JSON, which is returned.
    pub async fn check(&self, call: &str, answer: Response) -> Value {
        let (method, path) = call.split_once(' ').unwrap();
        let operation = &self.0["paths"][path][method.to_lowercase()];
        let status = answer.status().as_str().to_owned();
        let told = self.follow(&operation["responses"][&status]);
        assert!(told.is_object(), "{call}: {status} is not told of");
        for (name, header) in told["headers"].as_object().into_iter().flatten() {
            if self.follow(header)["required"] == true {
                assert!(answer.headers().contains_key(name.as_str()), "{call}: no {name}");
            }
        }
        let Some(kind) = answer.headers().get("content-type") else {
            assert!(told["content"].is_null(), "{call}: {status} has no body");
            return Value::Null;
        };
        let kind = kind.to_str().unwrap().split(';').next().unwrap().to_owned();
        let content = &told["content"][&kind];
        assert!(content.is_object(), "{call}: {status} is told of, but not as {kind}");
        let body = answer.bytes().await.unwrap();
        if !kind.ends_with("json") {
            return Value::Null;
        }
        let body = serde_json::from_slice(&body).unwrap();
        self.hold(&content["schema"], &body, call);
        body
    }
}
