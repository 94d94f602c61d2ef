//! `repartee say`: words in, sound out.

use std::io::{self, Read};
use std::pin::pin;

use clap::Args;
use futures_util::StreamExt;

use crate::commands::Outcome;
use crate::commands::failure::Failure;
use crate::commands::output::{self, Output};
use crate::domain::delivery::Delivery;
use crate::domain::voice::Voice;
use crate::engines;
use crate::pipeline::say;
use crate::settings::Settings;

/// Say a text aloud into a file
///
/// The file's ending is its format: mp3, wav, ogg (Opus) or pcm (bare 16-bit samples).
#[derive(Debug, Args)]
pub struct Say {
    /// What to say; `-` reads standard input
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
        let mut sound = Output::to(Some(&self.output))?;
        let mut pieces = pin!(say::say(speaker, &text, manner, format));
        let mut silent = true;
        while let Some(piece) = pieces.next().await {
            sound.write(&piece?.data)?;
            silent = false;
        }
        if silent {
            return Err(Failure::input("there is nothing in it that can be said aloud"));
        }
        sound.keep(format)?;
        Ok(Outcome::Done)
    }

    fn words(&self) -> Result<String, Failure> {
        let text = if self.text == "-" {
            let mut text = String::new();
            let read = io::stdin().lock().take(1 << 20).read_to_string(&mut text);
            read.map_err(|error| Failure::input(format!("standard input: {error}")))?;
            text
        } else {
            self.text.clone()
        };
        if text.trim().is_empty() {
            Err(Failure::input("there is nothing to say"))
        } else {
            Ok(text)
        }
    }
}
