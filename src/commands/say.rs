//! `repartee say`: words in, sound out.

use std::io::{self, Read};
use std::pin::pin;

use clap::Args;
use futures_util::{Stream, StreamExt};

use crate::audio::format::Format;
use crate::commands::failure::Failure;
use crate::commands::output::{self, Output};
use crate::commands::{Outcome, terminal, unless_stopped};
use crate::domain::delivery::Delivery;
use crate::domain::voice::Voice;
use crate::engines;
use crate::pipeline::error::{Stage, TurnError};
use crate::pipeline::event::Speech;
use crate::pipeline::say;
use crate::settings::Settings;
use crate::startup;

/// More than a book's chapter.
const LONGEST_BYTES: u64 = 1 << 20;

/// Say a text aloud into a file
///
/// The file's ending is its format: mp3, wav, ogg (Opus) or pcm (bare 16-bit samples).
#[derive(Debug, Args)]
pub struct Say {
    /// What to say; `-` reads standard input
    #[arg(allow_hyphen_values = true)]
    text: String,
    /// Where the sound goes; `-` writes MP3 to standard output
    #[arg(short, long, value_name = "FILE")]
    output: String,
    /// Who says it: a name from `repartee doctor`
    #[arg(long)]
    voice: Option<String>,
    /// How fast, from 0.5 to 2
    #[arg(long, default_value_t = 1.0)]
    speed: f32,
}

impl Say {
    pub async fn run(self, settings: Settings) -> Result<Outcome, Failure> {
        let format = output::format_of(Some(&self.output))?;
        let text = self.words()?;
        let settings = startup::settle(&settings, &[Stage::Speaking]).await?;
        let speaker = engines::speaking(&settings)?;
        let voice = self.voice.map_or(settings.voice.voice, Voice);
        voice.known_to(&speaker.voices()).map_err(|error| Failure::input(error.to_string()))?;
        if !(0.5..=2.0).contains(&self.speed) {
            return Err(Failure::input("--speed: must be from 0.5 to 2"));
        }
        let manner = say::Manner {
            voice,
            language: settings.voice.language,
            delivery: Delivery { speed: self.speed, ..Delivery::default() },
        };
        let sound = Output::to(Some(&self.output))?;
        let pieces = say::say(speaker, &text, manner, format);
        unless_stopped(write(pieces, sound, format)).await?;
        Ok(Outcome::Done)
    }

    fn words(&self) -> Result<String, Failure> {
        let text = if self.text == "-" { from_standard_input()? } else { self.text.clone() };
        if text.trim().is_empty() {
            Err(Failure::input("there is nothing to say"))
        } else {
            Ok(text)
        }
    }
}

async fn write(
    pieces: impl Stream<Item = Result<Speech, TurnError>>,
    mut sound: Output,
    format: Format,
) -> Result<(), Failure> {
    let spinner = terminal::waiting("speaking");
    let mut pieces = pin!(pieces);
    let mut silent = true;
    while let Some(piece) = pieces.next().await {
        sound.write(&piece?.data)?;
        silent = false;
    }
    spinner.finish_and_clear();
    if silent {
        return Err(Failure::input("there is nothing in it that can be said aloud"));
    }
    sound.keep(format)
}

fn from_standard_input() -> Result<String, Failure> {
    let wrong = |what: String| Failure::input(format!("standard input: {what}"));
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(LONGEST_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| wrong(error.to_string()))?;
    if bytes.len() as u64 > LONGEST_BYTES {
        return Err(wrong("the text is longer than 1 MiB; say it in parts".to_owned()));
    }
    String::from_utf8(bytes).map_err(|error| wrong(error.to_string()))
}
