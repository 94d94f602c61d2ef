//! When the process is told to stop.

use std::future::pending;

use tokio::signal::unix::{Signal, SignalKind, signal};

const INTERRUPT: u8 = 2;
const TERMINATE: u8 = 15;

/// Waits until the process is told to stop, by Ctrl-C or SIGTERM; gives the signal's number. Once
/// this was called, neither ends the process by itself any more.
pub async fn asked() -> u8 {
    let (interrupt, terminate) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    tokio::select! {
        () = received(interrupt.ok()) => INTERRUPT,
        () = received(terminate.ok()) => TERMINATE,
    }
}

async fn received(signal: Option<Signal>) {
    match signal {
        Some(mut signal) => drop(signal.recv().await),
        None => pending().await,
    }
}
