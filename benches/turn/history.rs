//! What a turn costs when there are many turns in the database already.

use std::path::Path;
use std::time::Duration;

use futures_util::future::join_all;
use repartee::domain::conversation::ConversationId;
use repartee::domain::owner::Owner;
use repartee::domain::turn::TurnId;
use repartee::store::{Store, TurnRecord};
use repartee_provider::Reply;

use crate::caller::{Caller, Question};
use crate::numbers::{Samples, ms};
use crate::process::Process;
use crate::setting::Setting;
use crate::spotter::Rendering;
use crate::stand::Stand;

const FEW: usize = 1_000;
const MANY: usize = 100_000;
/// Turns in each conversation.
const EACH: usize = 5;
/// Rounds, in which both servers are asked in turn, and turns in each of them.
const ROUNDS: usize = 8;
const TURNS: usize = 100;

/// A server with a past.
struct Past {
    server: Process,
    conversations: Vec<ConversationId>,
    times: [Vec<Duration>; 2],
    cpu: [Duration; 2],
}

pub async fn run() {
    println!("\n# Turns over a past of {FEW} and of {MANY} turns, one caller\n");
    let stand = Stand::new().await;
    stand.set(&Setting::instant("history", Reply::text("The answer is {n}, I think.")));
    let mut pasts = Vec::new();
    for turns in [FEW, MANY] {
        let folder = stand.folder.path().join(turns.to_string());
        let conversations = fill(&folder, turns).await;
        let server = Process::repartee(&folder, &stand.provider.base_url(), &[]);
        pasts.push(Past {
            server,
            conversations,
            times: Default::default(),
            cpu: [Duration::ZERO; 2],
        });
    }
    for round in 0..ROUNDS {
        for past in &mut pasts {
            past.take_turns(&stand, round).await;
        }
    }
    for (kind, name) in ["in a new conversation", "in an old conversation"].into_iter().enumerate()
    {
        let figures = pasts.iter().map(|past| {
            let times = Samples::milliseconds(past.times[kind].iter().copied());
            (times.median(), ms(past.cpu[kind]) / (ROUNDS * TURNS) as f64)
        });
        let figures: Vec<_> = figures.collect();
        let ((few, few_cpu), (many, many_cpu)) = (figures[0], figures[1]);
        println!(
            "  {name}: p50 {few:.2} and {many:.2} ms ({:.2}x), {few_cpu:.2} and {many_cpu:.2} ms \
             of CPU ({:.2}x)",
            many / few,
            many_cpu / few_cpu,
        );
    }
}

impl Past {
    async fn take_turns(&mut self, stand: &Stand, round: usize) {
        let mut caller = Caller::connect(self.server.address).await;
        for kind in 0..2 {
            let before = self.server.cpu();
            for turn in 0..TURNS {
                let place = (round * TURNS + turn) * 7 % self.conversations.len();
                let old = self.conversations[place].to_string();
                let id = if kind == 0 { "new" } else { &old };
                let fields = [("conversation_id", id)];
                let question = Question::form("/voice-chat", "audio", &stand.clips.speech, &fields);
                let answer = caller.ask(&question, Rendering::Other).await.unwrap();
                assert!(answer.status.is_success(), "{}", answer.status);
                self.times[kind].push(answer.last_byte);
            }
            self.cpu[kind] += self.server.cpu() - before;
        }
    }
}

/// Writes down so many turns, as they would have been.
async fn fill(folder: &Path, turns: usize) -> Vec<ConversationId> {
    let data = folder.join("data");
    std::fs::create_dir_all(&data).unwrap();
    let url = format!("sqlite:{}?mode=rwc", data.join("repartee.db").display());
    let store = Store::open(&url).await.unwrap();
    let conversations: Vec<_> = (0..turns / EACH).map(|_| ConversationId::new()).collect();
    for turn in 0..EACH {
        for some in conversations.chunks(512) {
            let writing = some.iter().map(|conversation| {
                let mut record = TurnRecord::new(TurnId::new(), *conversation, Owner::anyone());
                record.begins = turn == 0;
                record.heard = Some("What are your opening hours on Saturday?".to_owned());
                record.reply = Some("We are open from nine to five on Saturday.".to_owned());
                record.spoken = record.reply.clone();
                store.record(record)
            });
            for written in join_all(writing).await {
                written.unwrap();
            }
        }
    }
    store.close().await.unwrap();
    conversations
}
