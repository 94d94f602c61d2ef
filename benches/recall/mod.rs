//! What memory costs: recall in conversations of 10, 1,000 and 100,000 messages, which must be the
//! same, and turns written down by one and by many at once, who share commits.
#![expect(clippy::unwrap_used, reason = "benches")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use futures_util::future::join_all;
use repartee::domain::conversation::ConversationId;
use repartee::domain::owner::Owner;
use repartee::domain::turn::{TurnId, TurnStatus};
use repartee::store::{Store, TurnRecord, Window};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Recalls a full window, and writes turns down.
pub fn benches(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    recall(criterion, &runtime);
    record(criterion, &runtime);
}

fn recall(criterion: &mut Criterion, runtime: &Runtime) {
    let mut group = criterion.benchmark_group("recall");
    for messages in [10, 1_000, 100_000] {
        let history = runtime.block_on(History::of(messages));
        group.bench_function(BenchmarkId::from_parameter(messages), |bencher| {
            bencher.to_async(runtime).iter(|| history.recall());
        });
    }
    group.finish();
}

fn record(criterion: &mut Criterion, runtime: &Runtime) {
    let mut group = criterion.benchmark_group("record");
    let history = runtime.block_on(History::of(10));
    for at_once in [1, 32] {
        group.throughput(Throughput::Elements(at_once));
        group.bench_function(BenchmarkId::from_parameter(at_once), |bencher| {
            bencher.to_async(runtime).iter(|| async {
                let turns =
                    (0..at_once).map(|_| history.store.record(turn(ConversationId::new(), true)));
                join_all(turns).await.into_iter().for_each(Result::unwrap);
            });
        });
    }
    group.finish();
}

/// A store with one conversation in it.
struct History {
    _folder: TempDir,
    store: Store,
    conversation: ConversationId,
}

impl History {
    async fn of(messages: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("repartee.db").display());
        let store = Store::open(&url).await.unwrap();
        let conversation = ConversationId::new();
        let mut begins = true;
        for _ in 0..(messages / 2).div_ceil(64) {
            let turns = (0..64.min(messages / 2)).map(|index| {
                let turn = turn(conversation, begins && index == 0);
                store.record(turn)
            });
            for recorded in join_all(turns).await {
                recorded.unwrap();
            }
            begins = false;
        }
        Self { _folder: folder, store, conversation }
    }

    async fn recall(&self) {
        // Ten messages fill it in every history.
        let window = Window { tokens: 2_000, messages: 10 };
        let recall = self.store.recall(&Owner::local(), self.conversation, window).await.unwrap();
        assert_eq!(black_box(recall).messages.len(), 10);
    }
}

fn turn(conversation: ConversationId, begins: bool) -> TurnRecord {
    TurnRecord {
        begins,
        status: TurnStatus::Finished,
        heard: Some("Could you tell me when you are open on Sundays?".to_owned()),
        spoken: Some("We open at ten on Sundays and close at four.".to_owned()),
        ..TurnRecord::new(TurnId::new(), conversation, Owner::local())
    }
}
