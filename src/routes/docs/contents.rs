//! The page's chapters: calls by what they are for, renderings, events.

use serde_json::{Value, json};

use crate::routes::docs::schema::Document;

const METHODS: [&str; 4] = ["get", "post", "patch", "delete"];

/// A call for every rendering.
pub fn renderings(document: &Document) -> Vec<Value> {
    samples(&document.root["paths"]["/voice-chat"]["post"], "Shell")
}

/// How a script reads events.
pub fn script(document: &Document) -> String {
    let scripts = samples(&document.root["paths"]["/voice-chat"]["post"], "JavaScript");
    let script = scripts.first().and_then(|script| script["source"].as_str());
    script.unwrap_or_default().to_owned()
}

/// The calls, by what they are for.
pub fn groups(document: &Document) -> Vec<Value> {
    let tags = document.list(&document.root["tags"]);
    let groups = tags.map(|tag| {
        json!({
            "name": tag["name"],
            "slug": tag["name"].as_str().unwrap_or_default().to_lowercase(),
            "text": tag["description"],
            "calls": calls(document, &tag["name"]),
        })
    });
    groups.collect()
}

/// What happens in a turn, with what each event brings.
pub fn events(document: &Document) -> Vec<Value> {
    let events = document.schema("TurnEvent");
    let told = document.list(&events["oneOf"]).map(|event| {
        let schema = document.follow(&event["properties"]["data"]["contentSchema"]);
        let members: Vec<_> = schema["required"].as_array().into_iter().flatten().collect();
        let example = schema["examples"].get(0).map(Value::to_string);
        json!({
            "name": event["properties"]["event"]["const"],
            "text": schema["description"],
            "members": members,
            "example": example,
        })
    });
    told.collect()
}

fn calls(document: &Document, tag: &Value) -> Vec<Value> {
    let paths = document.root["paths"].as_object();
    let mut calls = Vec::new();
    for (path, item) in paths.into_iter().flatten() {
        let methods = METHODS.iter().filter(|method| item[**method]["tags"][0] == *tag);
        calls.extend(methods.map(|method| call(document, method, path, &item[*method])));
    }
    calls
}

fn call(document: &Document, method: &str, path: &str, operation: &Value) -> Value {
    json!({
        "id": operation["operationId"],
        "method": method.to_uppercase(),
        "path": path,
        "summary": operation["summary"],
        "text": operation["description"],
        "fields": fields(document, operation),
        "bodies": bodies(document, operation),
        "answers": answers(document, operation),
        "samples": samples(operation, "Shell"),
    })
}

/// Parameters and the body's members in one list: most of the former may also be the latter.
fn fields(document: &Document, operation: &Value) -> Vec<Value> {
    let content = &document.follow(&operation["requestBody"])["content"];
    let content = content.as_object().into_iter().flatten();
    let members: Vec<_> =
        content.flat_map(|(_, body)| document.properties(&body["schema"])).collect();
    let parameters: Vec<_> = document.list(&operation["parameters"]).collect();
    let named = |name: &str| parameters.iter().any(|parameter| parameter["name"] == name);
    let mut fields: Vec<Value> = Vec::new();
    for (name, member) in &members {
        if !named(name) && !fields.iter().any(|field| field["name"] == *name) {
            fields.push(field(document, name, "body", member, member));
        }
    }
    for parameter in &parameters {
        let name = parameter["name"].as_str().unwrap_or_default();
        let place = match parameter["in"].as_str().unwrap_or_default() {
            "query" if members.iter().any(|(member, _)| *member == name) => "query or body",
            place => place,
        };
        fields.push(field(document, name, place, parameter, &parameter["schema"]));
    }
    fields
}

fn field(document: &Document, name: &str, place: &str, told: &Value, schema: &Value) -> Value {
    json!({
        "name": name,
        "place": place,
        "kind": document.kind(schema),
        "text": told["description"],
    })
}

/// The media types that a body may have.
fn bodies(document: &Document, operation: &Value) -> Vec<String> {
    let content = document.follow(&operation["requestBody"])["content"].as_object();
    content.into_iter().flatten().map(|(media, _)| media.clone()).collect()
}

fn answers(document: &Document, operation: &Value) -> Vec<Value> {
    let answers = operation["responses"].as_object().into_iter().flatten();
    let told = answers.map(|(status, answer)| {
        let answer = document.follow(answer);
        let media = answer["content"].as_object().into_iter().flatten();
        let media: Vec<_> = media.map(|(media, _)| media.as_str()).collect();
        json!({ "status": status, "text": answer["description"], "media": media })
    });
    told.collect()
}

fn samples(operation: &Value, language: &str) -> Vec<Value> {
    let samples = operation["x-codeSamples"].as_array().into_iter().flatten();
    samples.filter(|sample| sample["lang"] == language).cloned().collect()
}
