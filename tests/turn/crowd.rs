//! Many turns at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, StreamExt};
use repartee::audio::format::{Format, Sound};
use repartee::domain::money::Price;
use repartee::domain::voice::Voice;
use repartee::pipeline::engine::{EngineName, Line, Synthesizer};
use repartee::pipeline::error::EngineError;
use repartee::pipeline::event::Input;
use repartee::pipeline::{Engines, Limits, Pipeline};

use crate::hearing::spoken;
use crate::scripted::{Gate, briefing, replying, sound};
use crate::stage::{begin, finish};

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_turns_at_once_are_all_answered() {
    let reply = ["Good ", "morning. ", "It is ", "ten o'clock, ", "and all is well."];
    let limits = Limits { decoders: 2, ..Limits::default() };
    let pipeline = Pipeline::new(replying(reply), limits);

    let turns = (0..64).map(|_| {
        let turn = pipeline.take_turn(Input::Clip(spoken()), briefing(), Format::Mp3);
        tokio::spawn(finish(Box::pin(turn)))
    });

    for outcome in join_all(turns).await {
        let outcome = outcome.unwrap();
        assert_eq!(outcome.reply(), reply.concat());
        assert!(outcome.receipt().audio_seconds_out > 0.0);
    }
}

#[tokio::test]
async fn what_sixty_four_turns_have_in_work_is_bounded() {
    let mouth = Arc::new(Chatty::default());
    let limits = Limits { ahead: 2, waiting_bytes: 8 * 1024, ..Limits::default() };
    let reply = ["It is one. It is two. It is three. It is four. It is five."];
    let engines = Engines { speaking: mouth.clone(), ..replying(reply) };
    let mut turns: Vec<_> = (0..64).map(|_| begin(engines.clone(), limits.clone())).collect();

    for turn in &mut turns {
        while turn.next().now_or_never().is_some() {}
    }

    // Of each turn, one sentence hangs and two are ahead of it, each as full as it may be.
    assert_eq!(mouth.lines.load(Ordering::Relaxed), 64 * 3);
    let most = 64 * 2 * (limits.waiting_bytes + Chatty::PIECE_BYTES);
    let given = mouth.given.load(Ordering::Relaxed);
    assert!(given <= most, "{given} of {most} bytes wait");

    mouth.gate.open();
    for outcome in join_all(turns.into_iter().map(finish)).await {
        assert_eq!(outcome.error, None);
        assert_eq!(outcome.sounds().len(), 5 * Chatty::PIECES);
    }
}

/// Has far more to say than may wait, and counts what was taken.
#[derive(Default)]
struct Chatty {
    gate: Gate,
    lines: AtomicUsize,
    given: Arc<AtomicUsize>,
}

impl Chatty {
    const PIECES: usize = 20;
    const PIECE_BYTES: usize = 1024;
}

impl Synthesizer for Chatty {
    fn name(&self) -> EngineName {
        EngineName { engine: "mouth".to_owned(), model: "chatty".to_owned() }
    }

    fn price(&self) -> Price {
        Price::Free
    }

    fn voices(&self) -> Vec<Voice> {
        Vec::new()
    }

    fn speak(&self, line: Line, _: Format) -> BoxStream<'static, Result<Sound, EngineError>> {
        self.lines.fetch_add(1, Ordering::Relaxed);
        let (gate, given) = (self.gate.clone(), self.given.clone());
        let pieces = stream::iter(0..Self::PIECES).map(move |_| {
            given.fetch_add(Self::PIECE_BYTES, Ordering::Relaxed);
            Ok(sound(1, Self::PIECE_BYTES / 2))
        });
        let waits = line.text == "It is one.";
        stream::once(async move {
            if waits {
                gate.passed().await;
            }
            pieces
        })
        .flatten()
        .boxed()
    }
}
