//! The command line: one file a command.

mod ask;
mod backup;
mod clips;
mod doctor;
mod failure;
mod hear;
mod init;
mod junit;
mod key;
mod migrate;
mod output;
mod say;
mod serve;
mod terminal;
mod transcribe;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands::failure::{Failure, Fault};
use crate::settings::Settings;
use crate::startup::stop;
use crate::telemetry::{self, LogFilter};

/// What a command that went well may still have to report by its exit code.
enum Outcome {
    /// All is well.
    Done,
    /// It ran, and what it checked is not as it should be.
    Wanting,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  a check failed, or something broke on our side
  2  the command line, the settings or the input are wrong; the message says what
  3  an engine or the database is busy or not available; trying again may help
  130, 143, 141  stopped by Ctrl-C or SIGTERM, or nobody read the result

Settings come from the environment and from .env in this folder (`repartee init` writes one).
With none, everything runs on this computer: no key, no network.";

/// A voice assistant server: it listens, thinks and answers aloud.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_CODES, arg_required_else_help = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    Ask(ask::Ask),
    Transcribe(transcribe::Transcribe),
    Say(say::Say),
    Hear(hear::Hear),
    Doctor(doctor::Doctor),
    Init(init::Init),
    Migrate(migrate::Migrate),
    Backup(backup::Backup),
    Key(key::Key),
}

/// Does something, unless the process is told to stop; it is then dropped where it stands.
async fn unless_stopped<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::select! {
        done = work => done,
        signal = stop::asked() => Err(Failure::stopped(signal)),
    }
}

/// Runs what the command line asks for, and says by the exit code how it went.
pub async fn run() -> ExitCode {
    let CommandLine { command } = CommandLine::parse();
    match carry_out(command).await {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Wanting) => ExitCode::from(1),
        Err(failure) => {
            // Nobody is there to be told if nobody reads on.
            if failure.fault() != Fault::Unread {
                terminal::complain(&failure);
            }
            failure.exit_code()
        }
    }
}

async fn carry_out(command: Command) -> Result<Outcome, Failure> {
    // Settings that are wrong must not keep anyone from writing new ones.
    if let Command::Init(init) = command {
        return init.run();
    }
    let settings = Settings::from_environment()?;
    start_log(&settings, &command);
    match command {
        Command::Serve(serve) => serve.run(settings).await,
        Command::Ask(ask) => ask.run(settings).await,
        Command::Transcribe(transcribe) => transcribe.run(settings).await,
        Command::Say(say) => say.run(settings).await,
        Command::Hear(hear) => hear.run(settings),
        Command::Doctor(doctor) => doctor.run(settings).await,
        Command::Migrate(migrate) => migrate.run(settings).await,
        Command::Backup(backup) => backup.run(settings).await,
        Command::Key(key) => key.run(settings).await,
        Command::Init(init) => init.run(),
    }
}

/// A server tells what it does; a command that prints its result keeps quiet unless asked.
fn start_log(settings: &Settings, command: &Command) {
    let quiet = if matches!(command, Command::Serve(_)) { "info" } else { "error" };
    let filter = settings.log.clone().or_else(|| quiet.parse::<LogFilter>().ok());
    if let Some(filter) = filter {
        telemetry::start(&filter, settings.log_format);
    }
}
