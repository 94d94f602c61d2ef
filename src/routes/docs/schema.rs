//! Reads the document: follows its references, and says of a schema what it is in a few words.

use serde_json::{Value, json};

/// The document, read.
pub struct Document {
    pub root: Value,
}

impl Document {
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        Ok(Self { root: serde_json::from_str(text)? })
    }

    /// What the value refers to, or the value itself.
    pub fn follow<'a>(&'a self, value: &'a Value) -> &'a Value {
        let place = value["$ref"].as_str().and_then(|place| place.strip_prefix('#'));
        place.and_then(|place| self.root.pointer(place)).unwrap_or(value)
    }

    /// The items of a list, each of them followed.
    pub fn list<'a>(&'a self, value: &'a Value) -> impl Iterator<Item = &'a Value> {
        value.as_array().into_iter().flatten().map(|item| self.follow(item))
    }

    /// The schema of this name.
    pub fn schema(&self, name: &str) -> &Value {
        &self.root["components"]["schemas"][name]
    }

    /// The example of a schema, as it would be sent.
    pub fn example(&self, name: &str) -> String {
        format!("{:#}", self.schema(name)["examples"][0])
    }

    /// The members of a schema's objects, those of inner objects with their place before them.
    pub fn members(&self, name: &str) -> Vec<Value> {
        let mut members = Vec::new();
        self.collect(self.schema(name), "", &mut members);
        members
    }

    fn collect(&self, schema: &Value, place: &str, members: &mut Vec<Value>) {
        for (name, member) in self.properties(schema) {
            let name = format!("{place}{name}");
            members.push(json!({
                "name": name,
                "kind": self.kind(member),
                "text": member["description"],
            }));
            self.collect(member, &format!("{name}."), members);
        }
    }

    /// An object's properties, also when it is put together from several.
    pub fn properties<'a>(&'a self, schema: &'a Value) -> Vec<(&'a str, &'a Value)> {
        let schema = self.follow(schema);
        let own = schema["properties"].as_object().into_iter().flatten();
        let own = own.map(|(name, member)| (name.as_str(), self.follow(member)));
        let parts = self.list(&schema["allOf"]).flat_map(|part| self.properties(part));
        own.chain(parts).collect()
    }

    /// What a value of this schema is.
    pub fn kind(&self, schema: &Value) -> String {
        let schema = self.follow(schema);
        let mut kind = self.bare_kind(schema);
        match (&schema["minimum"], &schema["maximum"]) {
            (Value::Number(from), Value::Number(to)) if to.as_f64() < Some(1e9) => {
                kind.push_str(&format!(", {from} to {to}"));
            }
            _ => {}
        }
        if let Some(default) = default(schema) {
            kind.push_str(&format!("; {default} by default"));
        }
        kind
    }

    fn bare_kind(&self, schema: &Value) -> String {
        if let Some(choices) = schema["enum"].as_array() {
            let known = choices.iter().filter(|choice| !choice.is_null());
            return known.map(plain).collect::<Vec<_>>().join(" · ");
        }
        if !schema["const"].is_null() {
            return plain(&schema["const"]);
        }
        if let Some(format) = schema["format"].as_str() {
            return if format == "binary" { "bytes".to_owned() } else { format.to_owned() };
        }
        match &schema["type"] {
            Value::String(name) if name == "array" => {
                format!("list of {}", self.kind(&schema["items"]))
            }
            Value::String(name) => name.clone(),
            Value::Array(names) => names.iter().map(plain).collect::<Vec<_>>().join(" or "),
            _ => {
                let kinds: Vec<_> =
                    self.list(&schema["anyOf"]).map(|one| self.bare_kind(one)).collect();
                kinds.join(" or ")
            }
        }
    }
}

fn default(schema: &Value) -> Option<String> {
    Some(&schema["default"]).filter(|default| !default.is_null()).map(plain)
}

/// A text without its quotes, anything else as JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
