//! What the disk was asked, seen from the system calls: nothing is acknowledged before it is
//! safe, and nothing while the disk fails.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use regex::Regex;
use uuid::Uuid;

use crate::database::Database;
use crate::talkative::{ACKNOWLEDGED, NOT_READY, REFUSED, acknowledged, assert_intact, command};

#[tokio::test]
async fn nothing_is_acknowledged_before_it_is_on_the_disk() {
    let run = Run::under_strace(&[], 50).await;

    run.assert_acknowledged_only_what_is_safe().await;

    assert_eq!(run.acknowledged().len(), 50);
}

#[tokio::test]
async fn nothing_is_acknowledged_after_a_failed_flush() {
    let run = Run::under_strace(&["-e", "inject=fsync,fdatasync:error=EIO:when=8+"], 100).await;

    run.assert_acknowledged_only_what_is_safe().await;

    assert!(run.calls.iter().any(|call| call.injected));
    assert!(run.output.contains(REFUSED), "{}", run.output);
    assert!(run.acknowledged().len() > 8, "the store did not get up again");
}

#[tokio::test]
async fn nothing_is_acknowledged_on_a_full_disk() {
    let run = Run::under_strace(&["-e", "inject=pwrite64:error=ENOSPC:when=80+"], 100).await;

    run.assert_acknowledged_only_what_is_safe().await;

    assert!(run.calls.iter().any(|call| call.injected));
    assert!(run.output.contains(REFUSED), "{}", run.output);
    assert!(run.acknowledged().len() > 8, "the store did not get up again");
}

#[tokio::test]
async fn a_store_whose_disk_keeps_failing_is_not_ready() {
    let run = Run::under_strace(&["-e", "inject=fsync,fdatasync:error=EIO"], 16).await;

    run.assert_acknowledged_only_what_is_safe().await;

    assert!(run.output.contains(NOT_READY), "{}", run.output);
    assert_eq!(run.acknowledged(), BTreeSet::new());
}

/// What a talkative process said, and what it asked of the system meanwhile.
struct Run {
    database: Database,
    output: String,
    calls: Vec<Call>,
}

impl Run {
    async fn under_strace(faults: &[&str], turns: u64) -> Self {
        let database = Database::sqlite().await;
        database.open().await.close().await.unwrap();
        let log = database.folder.as_ref().unwrap().path().join("strace.log");
        let log_name = log.display().to_string();
        let mut program = vec!["strace", "-f", "-y", "-xx", "-s", "65536", "-o", &log_name];
        program.extend(["-e", "trace=write,pwrite64,fsync,fdatasync"]);
        program.extend(faults);

        let ran = command(&program, &database, turns).output();

        let ran = ran.unwrap_or_else(|error| {
            panic!("strace is needed ({error}); on Debian: apt-get install strace")
        });
        let calls = calls(&fs::read_to_string(log).unwrap());
        Self { database, output: String::from_utf8(ran.stdout).unwrap(), calls }
    }

    fn acknowledged(&self) -> BTreeSet<Uuid> {
        self.output.lines().filter_map(acknowledged).collect()
    }

    async fn assert_acknowledged_only_what_is_safe(&self) {
        let mut seen = BTreeSet::new();
        for call in self.calls.iter().filter(|call| call.name == "write") {
            let Some(line) = call.data.strip_prefix(ACKNOWLEDGED.as_bytes()) else { continue };
            let turn: Uuid = str::from_utf8(line).unwrap().trim().parse().unwrap();
            assert!(self.is_safe(turn, call.began), "{turn} was acknowledged too early");
            seen.insert(turn);
        }
        assert_eq!(seen, self.acknowledged());
        assert_intact(&self.database, &seen).await;
    }

    /// Whether the log was flushed, after the turn was written to it and before this moment.
    fn is_safe(&self, turn: Uuid, moment: usize) -> bool {
        let log = |call: &&Call| call.path.ends_with("-wal") && call.succeeded;
        let holds = |call: &&Call| call.data.windows(16).any(|bytes| bytes == turn.as_bytes());
        let written = self.calls.iter().filter(log).find(holds).map(|call| call.ended);
        written.is_some_and(|written| {
            self.calls.iter().filter(log).any(|call| {
                call.name.ends_with("sync") && call.began > written && call.ended < moment
            })
        })
    }
}

/// One system call; moments are lines of the trace.
#[derive(Debug)]
struct Call {
    name: String,
    path: String,
    data: Vec<u8>,
    succeeded: bool,
    injected: bool,
    began: usize,
    ended: usize,
}

/// Reads a trace, in which a call that others overtook stands on two lines.
fn calls(trace: &str) -> Vec<Call> {
    let begin = Regex::new(r#"^(\d+) +(\w+)\(\d+<([^>]*)>(?:, "([^"]*)")?"#).unwrap();
    let resume = Regex::new(r"^(\d+) +<\.\.\. \w+ resumed>").unwrap();
    let mut open: BTreeMap<String, Call> = BTreeMap::new();
    let mut calls = Vec::new();
    for (moment, line) in trace.lines().enumerate() {
        let (thread, mut call) = if let Some(found) = begin.captures(line) {
            let path = String::from_utf8_lossy(&bytes(&found[3])).into_owned();
            let data = found.get(4).map(|data| bytes(data.as_str())).unwrap_or_default();
            let (name, began) = (found[2].to_owned(), moment);
            let (succeeded, injected) = (false, false);
            (
                found[1].to_owned(),
                Call { name, path, data, succeeded, injected, began, ended: moment },
            )
        } else if let Some(found) = resume.captures(line) {
            (found[1].to_owned(), open.remove(&found[1]).unwrap())
        } else {
            continue;
        };
        if line.ends_with("<unfinished ...>") {
            open.insert(thread, call);
            continue;
        }
        call.succeeded = !line.contains(") = -1 ");
        call.injected = line.ends_with("(INJECTED)");
        call.ended = moment;
        calls.push(call);
    }
    calls.sort_by_key(|call| call.began);
    calls
}

/// The bytes that strace writes as `\x00`.
fn bytes(escaped: &str) -> Vec<u8> {
    escaped.split("\\x").skip(1).map(|hex| u8::from_str_radix(hex, 16).unwrap()).collect()
}
