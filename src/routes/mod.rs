//! HTTP in, HTTP out: every URL on one page. Decides nothing.

mod capabilities;
mod compatible;
mod conversations;
pub mod guard;
mod header_text;
pub mod health;
mod line;
mod login;
pub mod outlook;
mod page;
pub mod present;
pub mod problem;
pub mod request_id;
mod transcript;
mod turn_json;
mod turns;
pub mod upload;
mod voice;

use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Resource};

pub use crate::routes::page::{BrokenTemplate, Templates};
use crate::routes::problem::Problem;

/// Every URL, each with and without its trailing slash.
pub fn all(config: &mut ServiceConfig) {
    config
        .service(at("/", "GET", "").get(page::first))
        .service(
            at("/login", "GET, POST", "curl -d token=TOKEN {base}/login")
                .get(login::form)
                .post(login::login),
        )
        .service(at("/logout", "POST", "curl -X POST {base}/logout").post(login::logout))
        .service(at("/problems/{slug}", "GET", "").get(page::problem))
        .service(at("/api/v1", "GET", "").get(capabilities::index))
        .service(at("/api/v1/capabilities", "GET", "").get(capabilities::capabilities))
        .service(at("/health", "GET", "").get(health::health))
        .service(at("/metrics", "GET", "").get(health::metrics))
        .service(at("/static/css/page.css", "GET", "").get(page::style))
        .service(at("/voice-chat", "POST", VOICE_CHAT).post(voice::chat))
        .service(at("/api/v1/turns", "POST", VOICE_CHAT).post(voice::chat))
        .service(at("/api/v1/turns/{id}", "GET", "").get(turns::show))
        .service(at("/api/v1/turns/{id}/audio", "GET", "").get(turns::audio))
        .service(at("/api/v1/turns/{id}/interrupt", "POST", INTERRUPT).post(turns::interrupt))
        .service(at("/api/v1/conversations", "GET", "").get(conversations::list))
        .service(
            at("/api/v1/conversations/{id}", "GET, PATCH, DELETE", "")
                .get(conversations::show)
                .patch(conversations::change)
                .delete(conversations::delete),
        )
        .service(at("/api/v1/conversations/{id}/turns", "GET", "").get(conversations::turns))
        .service(at("/api/v1/conversations/{id}/export", "GET", "").get(conversations::export))
        .service(at("/test-transcript", "POST", TEST).post(transcript::test))
        .service(at("/v1/models", "GET", "").get(compatible::models))
        .service(at("/v1/audio/voices", "GET", "").get(compatible::voices))
        .service(
            at("/v1/audio/transcriptions", "POST", TRANSCRIPTIONS).post(compatible::transcriptions),
        )
        .service(at("/v1/audio/speech", "POST", SPEECH).post(compatible::speech))
        .service(at("/v1/chat/completions", "POST", CHAT).post(compatible::chat))
        .service(at("/livez", "GET", "").get(health::livez))
        .service(at("/readyz", "GET", "").get(health::readyz))
        .default_service(web::to(nothing_here));
}

const INTERRUPT: &str =
    "curl -d '{\"played_ms\":1840}' {base}/api/v1/turns/ID/interrupt (with the turn's id)";
const TEST: &str = "curl -F audio=@clip.webm {base}/test-transcript";
const TRANSCRIPTIONS: &str = "curl -F file=@clip.webm {base}/v1/audio/transcriptions";
const SPEECH: &str = "curl -d '{\"input\":\"Hello.\"}' {base}/v1/audio/speech -o hello.mp3";
const CHAT: &str = "curl -d '{\"messages\":[{\"role\":\"user\",\"content\":\"Hello.\"}]}' \
                    {base}/v1/chat/completions";
const VOICE_CHAT: &str = "curl -F audio=@clip.webm {base}/voice-chat -o answer.mp3";

/// An address with and without its trailing slash, and what those are told who come another way:
/// the right call, which is a plain GET unless it is given.
fn at(path: &'static str, allowed: &'static str, call: &'static str) -> Resource {
    let slashed = if path == "/" { String::new() } else { format!("{path}/") };
    web::resource([path.to_owned(), slashed])
        .default_service(web::to(move |request| wrong_method(request, allowed, call)))
}

async fn wrong_method(
    request: HttpRequest,
    allowed: &'static str,
    call: &'static str,
) -> HttpResponse {
    let base = {
        let connection = request.connection_info();
        format!("{}://{}", connection.scheme(), connection.host())
    };
    let call = match call {
        "" => format!("curl {base}{}", request.path()),
        call => call.replace("{base}", &base),
    };
    let detail = format!("{} takes {allowed}. {call}", request.path());
    let mut response = Problem::new("method_not_allowed", detail.trim()).answer();
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    response
}

async fn nothing_here(request: HttpRequest) -> HttpResponse {
    let path = request.path().chars().take(200).collect::<String>();
    let detail = format!("there is nothing at {path}; GET /api/v1 lists what there is");
    Problem::new("not_found", detail).answer()
}
