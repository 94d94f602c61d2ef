//! `repartee ask`: one whole turn.

use std::pin::pin;
use std::time::Duration;

use clap::Args;
use futures_util::StreamExt;
use serde::Serialize;
use tokio::time::timeout;

use crate::commands::failure::Failure;
use crate::commands::output::{self, Output};
use crate::commands::{Outcome, clips, terminal, unless_stopped};
use crate::conversations::{self, ConversationError, ConversationEvent, Which};
use crate::domain::conversation::ConversationId;
use crate::domain::owner::Owner;
use crate::domain::turn::TurnId;
use crate::domain::voice::Voice;
use crate::pipeline::error::{EngineError, TurnError};
use crate::pipeline::event::{Input, TurnEvent};
use crate::pipeline::receipt::Receipt;
use crate::settings::Settings;
use crate::startup::{self, House};

/// The longest text that is still a question, in characters.
const LONGEST_TEXT: usize = 4000;
/// How long the process stays to fold what is remembered; the next one may do it as well.
const FOLDING: Duration = Duration::from_secs(10);

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
    #[arg(long, allow_hyphen_values = true)]
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
    /// Whether the answer is whole, even if it could not be remembered.
    #[serde(skip)]
    answered: bool,
}

impl Ask {
    pub async fn run(self, settings: Settings) -> Result<Outcome, Failure> {
        if self.json && self.output.as_deref() == Some("-") {
            return Err(Failure::input("--json and `-o -` both want standard output; name a file"));
        }
        let format = output::format_of(self.output.as_deref())?;
        let input = self.input(&settings)?;
        let conversation = self.which()?;
        let settings = startup::settle(&settings, &startup::STAGES).await?;
        let house = House::build(&settings).await?;
        // Who hears is asked at once, or not at all.
        house.engines.thinking.warm_up();
        house.engines.speaking.warm_up();
        let ask = conversations::Ask {
            voice: self.voice.clone().map(Voice),
            memory: !self.no_memory,
            format,
            ..conversations::Ask::new(Owner::local(), conversation, input)
        };
        let mut told = Told::default();
        let listened = unless_stopped(self.listen(&house, ask, &mut told)).await;
        let printed = if told.answered { self.print(&told) } else { Ok(()) };
        // What is remembered is folded while the answer is being read.
        let _ = timeout(FOLDING, house.conversations.settle()).await;
        house.conversations.close().await;
        listened.and(printed)?;
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

    async fn listen(
        &self,
        house: &House,
        ask: conversations::Ask,
        told: &mut Told,
    ) -> Result<(), Failure> {
        let mut sound = Output::to(self.output.as_deref())?;
        let format = ask.format;
        let spinner = terminal::waiting("listening");
        let mut events = pin!(house.conversations.hear(ask));
        while let Some(event) = events.next().await {
            let event = match event {
                Ok(event) => event,
                Err(error) => {
                    // Memory fails last: the answer was given, and is the asker's.
                    let given = matches!(error, ConversationError::Memory(_));
                    if given && !told.reply.is_empty() {
                        told.answered = true;
                        sound.keep(format)?;
                        let failure = Failure::from(error);
                        return Err(failure.about("this turn will not be remembered"));
                    }
                    return Err(self.failure(error));
                }
            };
            match event {
                ConversationEvent::Started { turn_id, conversation_id } => {
                    told.turn_id = Some(turn_id);
                    told.conversation_id = conversation_id;
                }
                ConversationEvent::Turn(TurnEvent::Heard(heard)) => {
                    spinner.set_message("thinking");
                    told.transcript = heard.text;
                }
                ConversationEvent::Turn(TurnEvent::Reply(delta)) => told.reply.push_str(&delta),
                ConversationEvent::Turn(
                    TurnEvent::Replied | TurnEvent::Delivery(_) | TurnEvent::Said(_),
                ) => {}
                ConversationEvent::Ended(_) => {}
                ConversationEvent::Turn(TurnEvent::Speech(speech)) => sound.write(&speech.data)?,
                ConversationEvent::Turn(TurnEvent::Finished(receipt)) => {
                    told.receipt = Some(receipt);
                }
            }
        }
        spinner.finish_and_clear();
        told.answered = true;
        sound.keep(format)
    }

    fn failure(&self, error: ConversationError) -> Failure {
        match (&self.clip, &error) {
            (Some(clip), ConversationError::Turn(turn)) if is_about_the_clip(turn) => {
                Failure::from(error).about(clip)
            }
            _ => error.into(),
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
        if let Some(id) = told.conversation_id {
            lines.push(format!("to go on  --conversation {id}"));
        }
        for line in lines {
            if sound_takes_output { terminal::note(line) } else { terminal::tell(line)? }
        }
        Ok(())
    }
}

fn is_about_the_clip(error: &TurnError) -> bool {
    match error {
        TurnError::Audio(_) | TurnError::NoSpeech(_) | TurnError::TooShort(_) => true,
        TurnError::Engine { source, .. } => {
            matches!(source, EngineError::Audio(_) | EngineError::TooLong { .. })
        }
        TurnError::Budget(_) | TurnError::Timeout { .. } => false,
    }
}
