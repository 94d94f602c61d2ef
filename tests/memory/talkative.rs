//! A process that takes turns and says which of them were acknowledged, for others to disturb.

use std::collections::BTreeSet;
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::StreamExt;
use repartee::conversations::{Ask, ConversationError, ConversationEvent, Conversations, Which};
use repartee::domain::conversation::ConversationId;
use repartee::domain::owner::Owner;
use repartee::domain::turn::TurnId;
use repartee::pipeline::event::Input;
use repartee::pipeline::{Limits, Pipeline};
use repartee::store::Store;
use uuid::Uuid;

use crate::database::{Database, rows};
use crate::scripted::{options, replying};

const URL: &str = "REPARTEE_TEST_TALKATIVE_URL";
const TURNS: &str = "REPARTEE_TEST_TALKATIVE_TURNS";
const TALKERS: u64 = 8;

/// The word before each acknowledged turn on standard output.
pub const ACKNOWLEDGED: &str = "acknowledged ";
/// What is written when memory refused a turn.
pub const REFUSED: &str = "refused";
/// What is written when after that the store says that it is not ready.
pub const NOT_READY: &str = "not ready";

/// A command that runs the child, behind another program if there is one.
pub fn command(program: &[&str], database: &Database, turns: u64) -> Command {
    let child = env::current_exe().unwrap();
    let mut command = match program {
        [] => Command::new(child),
        [first, rest @ ..] => {
            let mut command = Command::new(first);
            command.args(rest).arg(child);
            command
        }
    };
    command
        .args(["--exact", "talkative::the_child", "--nocapture"])
        .env(URL, &database.url)
        .env(TURNS, turns.to_string())
        .stdout(Stdio::piped());
    command
}

/// The child's lines, as they come.
pub fn lines(child: &mut Child) -> std::io::Lines<BufReader<ChildStdout>> {
    BufReader::new(child.stdout.take().unwrap()).lines()
}

/// The turn that a line acknowledges, if it does.
pub fn acknowledged(line: &str) -> Option<Uuid> {
    line.strip_prefix(ACKNOWLEDGED).map(|id| id.parse().unwrap())
}

/// Every acknowledged turn is there once with all that was said, and the file is sound.
pub async fn assert_intact(database: &Database, acknowledged: &BTreeSet<Uuid>) {
    let connection = database.connect().await;
    let check = rows(&connection, "PRAGMA integrity_check").await;
    assert_eq!(check[0].try_get_by_index::<String>(0).unwrap(), "ok");
    assert!(rows(&connection, "PRAGMA foreign_key_check").await.is_empty());

    let kept = rows(
        &connection,
        "SELECT turns.id FROM turns JOIN messages ON messages.turn_id = turns.id
         WHERE status = 'finished' GROUP BY turns.id HAVING count(*) = 2",
    );
    let kept: Vec<Uuid> = kept.await.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    let once: BTreeSet<Uuid> = kept.iter().copied().collect();
    assert_eq!(kept.len(), once.len());
    let lost: Vec<&Uuid> = acknowledged.difference(&once).collect();
    assert!(lost.is_empty(), "lost {lost:?}");

    let gaps = "SELECT id FROM conversations WHERE last_seq != (
                    SELECT count(*) FROM messages WHERE conversation_id = conversations.id)
                OR last_seq != (
                    SELECT max(seq) FROM messages WHERE conversation_id = conversations.id)";
    assert!(rows(&connection, gaps).await.is_empty(), "messages are missing");
    connection.close().await.unwrap();
}

/// Not a test of its own: what the process does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_child() {
    let Ok(url) = env::var(URL) else { return };
    let left = Arc::new(AtomicU64::new(env::var(TURNS).unwrap().parse().unwrap()));
    let store = Store::open(&url).await.unwrap();
    let pipeline = Arc::new(Pipeline::new(replying(["We open at nine."]), Limits::default()));
    let conversations = Conversations::new(store, pipeline, options());

    let talkers =
        (0..TALKERS).map(|_| tokio::spawn(keep_talking(conversations.clone(), left.clone())));
    for talker in futures_util::future::join_all(talkers).await {
        talker.unwrap();
    }
    conversations.close().await;
}

async fn keep_talking(conversations: Conversations, left: Arc<AtomicU64>) {
    let mut which = Which::New;
    let take_one = |left: u64| left.checked_sub(1);
    while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take_one).is_ok() {
        match take_turn(&conversations, which).await {
            Ok((turn, conversation)) => {
                say(&format!("{ACKNOWLEDGED}{turn}"));
                which = Which::Continue(conversation);
            }
            Err(ConversationError::Memory(_)) => {
                say(REFUSED);
                if conversations.store().check().await.is_err() {
                    say(NOT_READY);
                }
            }
            Err(_) => which = Which::New,
        }
    }
}

async fn take_turn(
    conversations: &Conversations,
    which: Which,
) -> Result<(TurnId, ConversationId), ConversationError> {
    let question = Input::Text("When do you open?".to_owned());
    let mut events = conversations.hear(Ask::new(Owner::local(), which, question)).boxed();
    let mut ids = None;
    while let Some(event) = events.next().await {
        match event? {
            ConversationEvent::Started { turn_id, conversation_id } => {
                ids = conversation_id.map(|id| (turn_id, id));
            }
            ConversationEvent::Ended(_) => break,
            ConversationEvent::Turn(_) => {}
        }
    }
    Ok(ids.unwrap())
}

/// One line in one piece, past the test harness.
fn say(line: &str) {
    std::io::stdout().lock().write_all(format!("{line}\n").as_bytes()).unwrap();
}
