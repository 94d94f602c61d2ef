//! A server that does nothing but read a turn's upload and give a fixed answer.

use std::process::Command;

use actix_multipart::Multipart;
use actix_web::{App, HttpResponse, HttpServer, web};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;

/// What this program is called with to be that server.
pub const NAME: &str = "do-nothing";

/// About what a short answer is in MP3.
const ANSWER: [u8; 12 * 1024] = [0; 12 * 1024];

pub fn command() -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg(NAME);
    command
}

pub fn serve() {
    let answer = Bytes::from_static(&ANSWER);
    let server = HttpServer::new(move || {
        let handler = web::post().to(handle);
        App::new().app_data(web::Data::new(answer.clone())).route("/voice-chat", handler)
    });
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    rustix::net::sockopt::set_tcp_nodelay(&listener, true).unwrap();
    println!("listening on http://{}", listener.local_addr().unwrap());
    actix_web::rt::System::new().block_on(server.listen(listener).unwrap().run()).unwrap();
}

async fn handle(mut form: Multipart, answer: web::Data<Bytes>) -> HttpResponse {
    let mut upload = BytesMut::new();
    while let Some(Ok(mut field)) = form.next().await {
        while let Some(Ok(piece)) = field.next().await {
            upload.extend_from_slice(&piece);
        }
    }
    assert!(!upload.is_empty());
    HttpResponse::Ok().content_type("audio/mpeg").body(answer.get_ref().clone())
}
