//! `repartee ask`: one whole turn.

use std::pin::pin;

use clap::Args;
use futures_util::StreamExt;
use serde::Serialize;

use crate::commands::failure::Failure;
use crate::commands::output::{self, Output};
use crate::commands::{Outcome, clips, terminal};
use crate::conversations::{self, ConversationEvent, Which};
use crate::domain::conversation::ConversationId;
use crate::domain::owner::Owner;
use crate::domain::turn::TurnId;
use crate::domain::voice::Voice;
use crate::pipeline::event::{Input, TurnEvent};
use crate::pipeline::receipt::Receipt;
use crate::settings::Settings;
use crate::startup::House;

/// The longest text that is still a question, in characters.
const LONGEST_TEXT: usize = 4000;

/// Take a whole turn: hear a clip (or read a text), answer it, remember it
///
/// Prints what was heard and what is answered, and plays nothing: `-o answer.mp3` keeps the
/// sound. The conversation's id is printed too; with `--conversation ID` (or `last`) the next
/// turn goes on from there.
#[derive(Debug, Args)]
pub struct Ask {
    /// The clip: WebM, Ogg, MP4/M4A, WAV, MP3 or FLAC; `-` reads standard input
    #[arg(required_unless_present = "text", conflicts_with = "text")]
    clip: Option<String>,
    /// Ask in writing instead
    #[arg(long)]
    text: Option<String>,
    /// Where the answer's sound goes; its ending (mp3, wav, ogg, pcm) is its format, and `-`
    /// writes MP3 to standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
    /// Go on with this conversation, or with the `last` one if it is less than 30 minutes old
    #[arg(long, value_name = "ID")]
    conversation: Option<String>,
    /// Who answers: a name from `repartee doctor`
    #[arg(long)]
    voice: Option<String>,
    /// Neither read nor leave memory
    #[arg(long, conflicts_with = "conversation")]
    no_memory: bool,
    /// Print the turn as JSON, which needs standard output for itself
    #[arg(long)]
    json: bool,
}

/// What a turn came to, as `--json` prints it.
#[derive(Debug, Default, Serialize)]
struct Told {
    conversation_id: Option<ConversationId>,
    turn_id: Option<TurnId>,
    transcript: String,
    reply: String,
    receipt: Option<Box<Receipt>>,
}

impl Ask {
    pub async fn run(self, settings: Settings) -> Result<Outcome, Failure> {
        if self.json && self.output.as_deref() == Some("-") {
            return Err(Failure::input("--json and `-o -` both want standard output; name a file"));
        }
        let format = output::format_of(self.output.as_deref())?;
        let input = self.input(&settings)?;
        let conversation = self.which()?;
        let house = House::build(&settings).await?;
        let ask = conversations::Ask {
            voice: self.voice.clone().map(Voice),
            memory: !self.no_memory,
            format,
            ..conversations::Ask::new(Owner::local(), conversation, input)
        };
        let told = self.listen(&house, ask).await;
        house.conversations.close().await;
        self.print(&told?)?;
        Ok(Outcome::Done)
    }

    fn input(&self, settings: &Settings) -> Result<Input, Failure> {
        match (&self.clip, &self.text) {
            (_, Some(text)) if text.trim().is_empty() => Err(Failure::input("--text is empty")),
            (_, Some(text)) if text.chars().count() > LONGEST_TEXT => Err(Failure::input(format!(
                "--text has {} characters; a question has at most {LONGEST_TEXT}",
                text.chars().count()
            ))),
            (_, Some(text)) => Ok(Input::Text(text.clone())),
            (Some(name), None) => {
                clips::read(name, settings.limits.max_audio_bytes).map(Input::Clip)
            }
            (None, None) => Err(Failure::input("give a clip, or --text")),
        }
    }

    fn which(&self) -> Result<Which, Failure> {
        match self.conversation.as_deref() {
            None => Ok(Which::New),
            Some("last") => Ok(Which::Latest),
            Some(id) => id.parse().map(Which::Continue).map_err(|_| {
                Failure::input(format!("--conversation: `{id}` is neither an id nor `last`"))
            }),
        }
    }

    async fn listen(&self, house: &House, ask: conversations::Ask) -> Result<Told, Failure> {
        let mut sound = Output::to(self.output.as_deref())?;
        let mut told = Told::default();
        let format = ask.format;
        let spinner = terminal::waiting("listening");
        let mut events = pin!(house.conversations.hear(ask));
        while let Some(event) = events.next().await {
            match event.map_err(|error| self.failure(error))? {
                ConversationEvent::Started { turn_id, conversation_id } => {
                    told.turn_id = Some(turn_id);
                    told.conversation_id = Some(conversation_id);
                }
                ConversationEvent::Turn(TurnEvent::Heard(heard)) => {
                    spinner.set_message("thinking");
                    told.transcript = heard.text;
                }
                ConversationEvent::Turn(TurnEvent::Reply(delta)) => told.reply.push_str(&delta),
                ConversationEvent::Turn(TurnEvent::Delivery(_)) => {}
                ConversationEvent::Turn(TurnEvent::Speech(speech)) => sound.write(&speech.data)?,
                ConversationEvent::Turn(TurnEvent::Finished(receipt)) => {
                    told.receipt = Some(receipt);
                }
            }
        }
        spinner.finish_and_clear();
        sound.keep(format)?;
        Ok(told)
    }

    fn failure(&self, error: conversations::ConversationError) -> Failure {
        match &self.clip {
            Some(clip) => Failure::from(error).about(clip),
            None => error.into(),
        }
    }

    /// On standard output, unless the sound goes there.
    fn print(&self, told: &Told) -> Result<(), Failure> {
        let sound_takes_output = self.output.as_deref() == Some("-");
        if self.json {
            return terminal::tell_json(told);
        }
        let mut lines = vec![
            format!("you       {}", told.transcript),
            format!("repartee  {}", told.reply.trim()),
        ];
        if let Some(id) = told.conversation_id.filter(|_| !self.no_memory) {
            lines.push(format!("to go on  --conversation {id}"));
        }
        for line in lines {
            if sound_takes_output { terminal::note(line) } else { terminal::tell(line)? }
        }
        Ok(())
    }
}
