//! `repartee init`: writes `.env`, question by question.

use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, BufRead, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use clap::Args;

use crate::commands::failure::Failure;
use crate::commands::{Outcome, terminal};
use crate::engines;
use crate::pipeline::error::EngineError;
use crate::settings::Settings;
use crate::store::Store;

const FILE: &str = ".env";

/// Answers that are words and no values: they mean the same however they are written.
const NO: &str = "no";
const OF_THE_PERSONA: &str = "the persona's";

/// What is asked: the variable, the question, and what is used if nothing is answered.
const QUESTIONS: [(&str, &str, &str); 7] = [
    ("BIND", "Where to listen (address:port)", "127.0.0.1:8000"),
    ("DATA_DIR", "Where to keep conversations", "./data"),
    ("DATABASE_URL", "PostgreSQL instead of SQLite (postgres://…)", NO),
    ("PERSONA", "A persona file of your own", NO),
    ("VOICE", "A voice (alloy, echo … or slt, rms, awb, kal16)", OF_THE_PERSONA),
    ("OPENAI_API_KEY", "An OpenAI API key; without one, everything runs on this computer", NO),
    ("OPENAI_BASE_URL", "A server of your own instead, such as http://localhost:11434/v1", NO),
];

/// Write a .env file, question by question
///
/// Everything works without one. Enter keeps what stands in brackets; an answer that cannot be
/// used is asked for again. A file that is there already is replaced only if you say so.
#[derive(Debug, Args)]
pub struct Init {}

impl Init {
    pub fn run(self) -> Result<Outcome, Failure> {
        let mut answers = io::stdin().lock();
        if Path::new(FILE).exists() && !may_replace(&mut answers)? {
            terminal::tell(".env was left as it is")?;
            return Ok(Outcome::Done);
        }
        let mut lines = Vec::new();
        for question in QUESTIONS {
            settle(&mut answers, &mut lines, question)?;
        }
        write(&lines).map_err(|error| Failure::input(format!("{FILE}: {error}")))?;
        terminal::tell("wrote .env; next: `repartee doctor`, then `repartee serve`")?;
        Ok(Outcome::Done)
    }
}

fn may_replace(answers: &mut impl BufRead) -> Result<bool, Failure> {
    let answer = ask(answers, ".env is already there. Replace it? [y/N]: ")?;
    let answer = answer.unwrap_or_default();
    Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
}

/// Asks until the answer can be used, and adds its line unless the default is kept. Once the
/// answers have ended, every default is kept; what was refused last then stays refused.
fn settle(
    answers: &mut impl BufRead,
    lines: &mut Vec<(&'static str, String)>,
    (name, question, default): (&'static str, &str, &str),
) -> Result<(), Failure> {
    let settled = lines.len();
    let mut refusal = None;
    loop {
        let answer = ask(answers, &format!("{question} [{default}]: "))?;
        if answer.is_none()
            && let Some(refusal) = refusal
        {
            return Err(refusal);
        }
        let chosen = answer.filter(|answer| !keeps(answer, default));
        lines.extend(chosen.map(|answer| (name, answer)));
        let Err(failure) = check(name, lines) else { return Ok(()) };
        terminal::note(failure.to_string());
        lines.truncate(settled);
        refusal = Some(failure.about("the answers ended before this was put right"));
    }
}

/// Whether the answer leaves the default as it is. A path counts as it is written.
fn keeps(answer: &str, default: &str) -> bool {
    let word = answer.to_lowercase();
    let kept = match default {
        NO => matches!(word.as_str(), "n" | "no"),
        OF_THE_PERSONA => word == OF_THE_PERSONA,
        _ => answer == default,
    };
    kept || answer.is_empty()
}

/// The answer; none if the answers have ended.
fn ask(answers: &mut impl BufRead, question: &str) -> Result<Option<String>, Failure> {
    let mut prompt = io::stderr();
    let asked = prompt.write_all(question.as_bytes()).and_then(|()| prompt.flush());
    asked.map_err(Failure::output)?;
    let mut answer = String::new();
    let read = answers.read_line(&mut answer);
    let read = read.map_err(|error| Failure::input(format!("standard input: {error}")))?;
    Ok((read > 0).then(|| answer.trim().to_owned()))
}

/// What would be refused at start is refused here, at the question that it belongs to.
fn check(name: &str, lines: &[(&str, String)]) -> Result<(), Failure> {
    let lookup =
        |wanted: &str| lines.iter().find(|(name, _)| *name == wanted).map(|(_, text)| text.clone());
    let settings = Settings::read(&lookup)?;
    match name {
        "VOICE" => check_voice(&settings),
        "DATABASE_URL" => Ok(Store::missing_file(settings.memory.database.expose()).map(drop)?),
        _ => Ok(()),
    }
}

/// Only the engine knows its voices. That it cannot be opened at all is no fault of the answer.
fn check_voice(settings: &Settings) -> Result<(), Failure> {
    match engines::speaking(settings) {
        Err(EngineError::Refused(why)) => Err(Failure::input(format!("VOICE: {why}"))),
        _ => Ok(()),
    }
}

/// The file may hold a password: it is made anew, for its owner alone, and then put in place.
fn write(lines: &[(&str, String)]) -> io::Result<()> {
    let fresh = format!("{FILE}.new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    writeln!(file, "# Written by `repartee init`. Every setting is explained in .env.example.")?;
    for (name, text) in lines {
        writeln!(file, "{name}={}", quoted(text))?;
    }
    fs::rename(fresh, FILE)
}

/// As `.env` files read it back: in double quotes, with what is special there escaped.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\' | '$') {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted.push('"');
    quoted
}
