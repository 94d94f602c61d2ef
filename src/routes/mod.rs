//! HTTP in, HTTP out: every URL on one page. Decides nothing.

mod assets;
mod begun;
mod capabilities;
mod compatible;
mod conversations;
mod docs;
pub mod guard;
mod header_text;
pub mod health;
mod line;
mod login;
mod markdown;
mod meanings;
mod openapi;
pub mod outlook;
mod page;
mod patience;
pub mod present;
pub mod problem;
pub mod request_id;
mod sent;
mod transcript;
mod turn_json;
mod turns;
pub mod upload;
mod voice;
mod words;

use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::web::{self, ServiceConfig, delete, get, patch, post};
use actix_web::{HttpRequest, HttpResponse, Resource, Route};

pub use crate::routes::page::{BrokenTemplate, Templates};
use crate::routes::problem::Problem;

/// A method, and who answers to it.
type Answer = (&'static str, fn() -> Route);

/// An address: its path, its answers, and the right call for those who come another way.
struct Address(&'static str, &'static [Answer], &'static str);

/// Every URL.
const ADDRESSES: &[Address] = &[
    Address("/", &[("GET", || get().to(page::talk))], ""),
    Address("/c/{id}", &[("GET", || get().to(page::talk))], ""),
    Address("/test", &[("GET", || get().to(page::test))], ""),
    Address(
        "/login",
        &[("GET", || get().to(login::form)), ("POST", || post().to(login::login))],
        "curl -d token=TOKEN {base}/login",
    ),
    Address("/logout", &[("POST", || post().to(login::logout))], "curl -X POST {base}/logout"),
    Address("/problems/{slug}", &[("GET", || get().to(page::problem))], ""),
    Address("/docs", &[("GET", || get().to(docs::docs))], ""),
    Address("/openapi.json", &[("GET", || get().to(openapi::openapi))], ""),
    Address("/static/{file:.*}", &[("GET", || get().to(assets::file))], ""),
    Address("/service-worker.js", &[("GET", || get().to(assets::service_worker))], ""),
    Address("/api/v1", &[("GET", || get().to(capabilities::index))], ""),
    Address("/api/v1/capabilities", &[("GET", || get().to(capabilities::capabilities))], ""),
    Address("/health", &[("GET", || get().to(health::health))], ""),
    Address("/metrics", &[("GET", || get().to(health::metrics))], ""),
    Address("/voice-chat", &[("POST", || post().to(voice::chat))], VOICE_CHAT),
    Address("/api/v1/turns", &[("POST", || post().to(voice::chat))], VOICE_CHAT),
    Address("/api/v1/turns/{id}", &[("GET", || get().to(turns::show))], ""),
    Address("/api/v1/turns/{id}/audio", &[("GET", || get().to(turns::audio))], ""),
    Address("/api/v1/turns/{id}/interrupt", &[("POST", || post().to(turns::interrupt))], INTERRUPT),
    Address("/api/v1/conversations", &[("GET", || get().to(conversations::list))], ""),
    Address(
        "/api/v1/conversations/{id}",
        &[
            ("GET", || get().to(conversations::show)),
            ("PATCH", || patch().to(conversations::change)),
            ("DELETE", || delete().to(conversations::delete)),
        ],
        "",
    ),
    Address("/api/v1/conversations/{id}/turns", &[("GET", || get().to(conversations::turns))], ""),
    Address(
        "/api/v1/conversations/{id}/export",
        &[("GET", || get().to(conversations::export))],
        "",
    ),
    Address("/test-transcript", &[("POST", || post().to(transcript::test))], TEST),
    Address("/v1/models", &[("GET", || get().to(compatible::models))], ""),
    Address("/v1/models/{id:.*}", &[("GET", || get().to(compatible::model))], ""),
    Address("/v1/audio/voices", &[("GET", || get().to(compatible::voices))], ""),
    Address(
        "/v1/audio/transcriptions",
        &[("POST", || post().to(compatible::transcriptions))],
        TRANSCRIPTIONS,
    ),
    Address("/v1/audio/speech", &[("POST", || post().to(compatible::speech))], SPEECH),
    Address("/v1/chat/completions", &[("POST", || post().to(compatible::chat))], CHAT),
    Address("/livez", &[("GET", || get().to(health::livez))], ""),
    Address("/readyz", &[("GET", || get().to(health::readyz))], ""),
];

/// Every method and address there is, without trailing slashes.
pub fn addresses() -> impl Iterator<Item = (&'static str, String)> {
    let all = ADDRESSES.iter();
    all.flat_map(|Address(path, answers, _)| {
        answers.iter().map(|(method, _)| (*method, path.replace(":.*", "")))
    })
}

/// Serves every URL, each with and without its trailing slash.
pub fn all(config: &mut ServiceConfig) {
    for address in ADDRESSES {
        // One pattern each: several in one resource are regular expressions, even those without
        // any variable, and every request tries one after the other.
        for path in address.paths() {
            config.service(address.resource(&path));
        }
    }
    config.default_service(web::to(nothing_here));
}

const INTERRUPT: &str =
    "curl -d '{\"played_ms\":1840}' {base}/api/v1/turns/ID/interrupt (with the turn's id)";
const TEST: &str = "curl -F audio=@clip.webm {base}/test-transcript";
const TRANSCRIPTIONS: &str = "curl -F file=@clip.webm {base}/v1/audio/transcriptions";
const SPEECH: &str = "curl -d '{\"input\":\"Hello.\"}' {base}/v1/audio/speech -o hello.mp3";
const CHAT: &str = "curl -d '{\"messages\":[{\"role\":\"user\",\"content\":\"Hello.\"}]}' \
                    {base}/v1/chat/completions";
const VOICE_CHAT: &str = "curl -F audio=@clip.webm {base}/voice-chat -o answer.mp3";

impl Address {
    /// The path without and with its trailing slash.
    fn paths(&self) -> [String; 2] {
        let bare = self.0.trim_end_matches('/');
        [bare.to_owned(), format!("{bare}/")]
    }

    fn resource(&self, path: &str) -> Resource {
        let Self(_, answers, call) = *self;
        let methods: Vec<_> = answers.iter().map(|(method, _)| *method).collect();
        let allowed = methods.join(", ");
        let resource = web::resource(path);
        let resource = answers.iter().fold(resource, |all, (_, route)| all.route(route()));
        resource
            .default_service(web::to(move |request| wrong_method(request, allowed.clone(), call)))
    }
}

async fn wrong_method(request: HttpRequest, allowed: String, call: &'static str) -> HttpResponse {
    let base = page::base(&request);
    let call = match call {
        "" => format!("curl {base}{}", request.path()),
        call => call.replace("{base}", &base),
    };
    let detail = format!("{} takes {allowed}. {call}", request.path());
    let mut response = Problem::new("method_not_allowed", detail.trim()).answer();
    if let Ok(allowed) = HeaderValue::from_str(&allowed) {
        response.headers_mut().insert(ALLOW, allowed);
    }
    response
}

async fn nothing_here(request: HttpRequest) -> HttpResponse {
    let path = request.path().chars().take(200).collect::<String>();
    let meant = match is_of_openai(request.path()) {
        true => format!(" (did you mean /v1{path}?)"),
        false => String::new(),
    };
    let detail = format!("there is nothing at {path}{meant}; GET /api/v1 lists what there is");
    Problem::new("not_found", detail).answer()
}

/// Whether this is one of the addresses that OpenAI's clients know, asked without its `/v1`.
fn is_of_openai(path: &str) -> bool {
    let whole = format!("/v1{}", path.trim_end_matches('/'));
    ADDRESSES.iter().any(|Address(known, ..)| *known == whole)
}
