//! Takes turns and looks at what happened in them.

use std::pin::Pin;

use futures_util::{Stream, StreamExt};
use repartee::audio::format::Format;
use repartee::pipeline::error::TurnError;
use repartee::pipeline::event::{Input, Speech, TurnEvent};
use repartee::pipeline::receipt::Receipt;
use repartee::pipeline::{Engines, Limits, Pipeline};

use crate::scripted::briefing;

/// A turn while it is taken.
pub type Turn = Pin<Box<dyn Stream<Item = Result<TurnEvent, TurnError>> + Send>>;

/// Begins a typed turn that is answered with bare samples.
pub fn begin(engines: Engines, limits: Limits) -> Turn {
    let pipeline = Pipeline::new(engines, limits);
    Box::pin(pipeline.take_turn(Input::Text("hello".into()), briefing(), Format::Pcm))
}

/// What happened in a turn, and how it ended.
pub struct Outcome {
    /// Everything before the error, if there was one.
    pub events: Vec<TurnEvent>,
    /// The error.
    pub error: Option<TurnError>,
}

/// Takes the rest of a turn.
pub async fn finish(mut turn: Turn) -> Outcome {
    let mut events = Vec::new();
    while let Some(event) = turn.next().await {
        match event {
            Ok(event) => events.push(event),
            Err(error) => {
                assert!(turn.next().await.is_none(), "a turn goes on after its error");
                return Outcome { events, error: Some(error) };
            }
        }
    }
    Outcome { events, error: None }
}

/// Takes a whole typed turn.
pub async fn take(engines: Engines) -> Outcome {
    finish(begin(engines, Limits::default())).await
}

/// Takes a turn until it gives its next sound.
pub async fn until_sound(turn: &mut Turn) -> Speech {
    loop {
        if let TurnEvent::Speech(speech) = turn.next().await.unwrap().unwrap() {
            return speech;
        }
    }
}

impl Outcome {
    /// The sounds, in order.
    pub fn sounds(&self) -> Vec<&Speech> {
        self.events
            .iter()
            .filter_map(|event| match event {
                TurnEvent::Speech(speech) => Some(speech),
                _ => None,
            })
            .collect()
    }

    /// The sentences that were said, in order.
    pub fn said(&self) -> Vec<&str> {
        self.sounds().into_iter().map(|speech| speech.text.as_str()).collect()
    }

    /// The reply's whole text.
    pub fn reply(&self) -> String {
        self.events
            .iter()
            .filter_map(|event| match event {
                TurnEvent::Reply(delta) => Some(delta.as_str()),
                _ => None,
            })
            .collect()
    }

    /// The receipt, which must be the last event.
    #[track_caller]
    pub fn receipt(&self) -> &Receipt {
        assert_eq!(self.error, None);
        match self.events.last() {
            Some(TurnEvent::Finished(receipt)) => receipt,
            other => panic!("the turn ended with {other:?}"),
        }
    }
}
