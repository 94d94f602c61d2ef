//! The program: hands the command line to its room.

use std::process::ExitCode;

use repartee::commands;

#[tokio::main]
async fn main() -> ExitCode {
    commands::run().await
}
