//! Plays an OpenAI-compatible server until it is told to stop.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::time::Duration;

use clap::Parser;
use repartee_provider::{Behaviour, Provider, Reply};

/// Plays an OpenAI-compatible server, for tests, benches and a demo.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8089")]
    bind: SocketAddr,
    /// Milliseconds until a transcript is there.
    #[arg(long, default_value_t = 400)]
    hearing_ms: u64,
    /// Milliseconds until the first token of a reply leaves.
    #[arg(long, default_value_t = 250)]
    first_token_ms: u64,
    /// Milliseconds between two tokens.
    #[arg(long, default_value_t = 20)]
    per_token_ms: u64,
    /// Milliseconds until the first sound of a line leaves.
    #[arg(long, default_value_t = 200)]
    first_sound_ms: u64,
    /// Microseconds that each character adds until the last sound leaves.
    #[arg(long, default_value_t = 8_000)]
    per_character_us: u64,
    /// What is heard; `{n}` becomes the number of the request.
    #[arg(long, default_value = "What can you tell me about the sea?")]
    transcript: String,
    /// What is answered; `{n}` becomes the number of the request.
    #[arg(
        long,
        default_value = "The sea covers most of the earth. It is deeper than any mountain is high."
    )]
    reply: String,
}

impl Arguments {
    fn behaviour(&self) -> Behaviour {
        let reply = Reply::text(&self.reply);
        Behaviour {
            hearing: Duration::from_millis(self.hearing_ms),
            first_token: Duration::from_millis(self.first_token_ms),
            per_token: Duration::from_millis(self.per_token_ms),
            first_sound: Duration::from_millis(self.first_sound_ms),
            per_character: Duration::from_micros(self.per_character_us),
            transcript: self.transcript.clone(),
            reply,
            journal: false,
            ..Behaviour::default()
        }
    }
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let provider = Provider::on(arguments.bind).await?;
    provider.set(arguments.behaviour());
    let url = provider.base_url();
    let mut out = io::stdout();
    writeln!(out, "listening on {url}")?;
    writeln!(out, "point Repartee at it with")?;
    writeln!(out, "  OPENAI_BASE_URL={url} OPENAI_API_KEY=anything")?;
    out.flush()?;
    tokio::signal::ctrl_c().await
}
