//! Many turns at once.

use futures_util::future::join_all;
use repartee::audio::format::Format;
use repartee::pipeline::event::Input;
use repartee::pipeline::{Limits, Pipeline};

use crate::hearing::spoken;
use crate::scripted::{briefing, replying};
use crate::stage::finish;

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
