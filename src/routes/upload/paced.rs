//! A body that must keep coming: whoever sends too slowly holds others up.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use bytes::Bytes;
use futures_util::Stream;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::routes::problem::Problem;

/// The longest that a body may take.
const LONGEST: Duration = Duration::from_secs(30);
/// Until then, any pace will do.
const PATIENCE: Duration = Duration::from_secs(5);
/// From then on, so many bytes a second.
const BYTES_PER_SECOND: u64 = 4 * 1024;

/// A body with a deadline that moves on with what was sent.
pub struct Paced {
    payload: Payload,
    began: Instant,
    bytes: u64,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Paced {
    pub fn new(payload: Payload) -> Self {
        Self { payload, began: Instant::now(), bytes: 0, alarm: None }
    }

    /// When the next bytes must be there.
    fn due(&self) -> Instant {
        let earned = Duration::from_secs(self.bytes / BYTES_PER_SECOND);
        self.began + earned.max(PATIENCE).min(LONGEST)
    }

    fn is_late(&mut self, context: &mut Context<'_>) -> bool {
        let due = self.due();
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(due)));
        if alarm.deadline() != due {
            alarm.as_mut().reset(due);
        }
        alarm.as_mut().poll(context).is_ready()
    }
}

impl Stream for Paced {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match Pin::new(&mut self.payload).poll_next(context) {
            Poll::Ready(Some(Ok(chunk))) => {
                self.bytes += chunk.len() as u64;
                Poll::Ready(Some(Ok(chunk)))
            }
            Poll::Pending if self.is_late(context) => {
                let late = std::io::Error::from(std::io::ErrorKind::TimedOut);
                Poll::Ready(Some(Err(PayloadError::Io(late))))
            }
            other => other,
        }
    }
}

/// What a body that broke off is told.
pub fn broken(error: &PayloadError) -> Problem {
    let problem = match error {
        PayloadError::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => {
            let detail = "the upload stalled or was slower than 4 KiB a second, or took more than \
                          30 seconds";
            Problem::new("upload_too_slow", detail)
        }
        error => Problem::malformed(format!("the body broke off: {error}")),
    };
    problem.in_stage("upload").closing()
}
