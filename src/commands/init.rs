//! `repartee init`: writes `.env`, question by question.

use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, BufRead, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use clap::Args;

use crate::commands::failure::Failure;
use crate::commands::{Outcome, terminal};
use crate::settings::Settings;

const FILE: &str = ".env";

/// What is asked: the variable, the question, and what is used if nothing is answered.
const QUESTIONS: [(&str, &str, &str); 5] = [
    ("BIND", "Where to listen (address:port)", "127.0.0.1:8000"),
    ("DATA_DIR", "Where to keep conversations", "./data"),
    ("DATABASE_URL", "PostgreSQL instead of SQLite (postgres://…)", "no"),
    ("PERSONA", "A persona file of your own", "no"),
    ("VOICE", "A voice (alloy, echo … or slt, rms, awb, kal16)", "the persona's"),
];

/// Write a .env file, question by question
///
/// Everything works without one. Enter keeps what stands in brackets. A file that is there
/// already is replaced only if you say so.
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
        for (name, question, default) in QUESTIONS {
            let answer = ask(&mut answers, &format!("{question} [{default}]: "))?;
            if !answer.is_empty() && answer != default {
                lines.push((name, answer));
            }
        }
        check(&lines)?;
        write(&lines).map_err(|error| Failure::input(format!("{FILE}: {error}")))?;
        terminal::tell("wrote .env; next: `repartee doctor`, then `repartee serve`")?;
        Ok(Outcome::Done)
    }
}

fn may_replace(answers: &mut impl BufRead) -> Result<bool, Failure> {
    let answer = ask(answers, ".env is already there. Replace it? [y/N]: ")?;
    Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
}

/// The answer; nothing if the answers have ended.
fn ask(answers: &mut impl BufRead, question: &str) -> Result<String, Failure> {
    let mut prompt = io::stderr();
    let asked = prompt.write_all(question.as_bytes()).and_then(|()| prompt.flush());
    asked.map_err(Failure::output)?;
    let mut answer = String::new();
    let read = answers.read_line(&mut answer);
    read.map_err(|error| Failure::input(format!("standard input: {error}")))?;
    Ok(answer.trim().to_owned())
}

/// What would be refused at start is refused here.
fn check(lines: &[(&str, String)]) -> Result<(), Failure> {
    let lookup =
        |wanted: &str| lines.iter().find(|(name, _)| *name == wanted).map(|(_, text)| text.clone());
    Settings::read(&lookup)?;
    Ok(())
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
