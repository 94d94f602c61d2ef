//! How long a listener may take for an answer: while it is being sent it holds a place, and what is
//! still to be said holds an engine. Who reads much slower than one listens is not waited for.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use bytes::Bytes;
use futures_util::Stream;
use tokio::time::{Instant, sleep};
use tokio_util::task::AbortOnDropHandle;

use crate::audio::format::Format;
use crate::routes::problem::Problem;

type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes, Problem>>>>;

/// How long a listener may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// In any case.
    grace: Duration,
    /// Beyond that, one second more for each so many bytes that were taken.
    bytes_a_second: f64,
}

impl Patience {
    /// For sound: about twice as long as it sounds, and a minute more.
    pub fn for_sound(format: Format) -> Self {
        let kibibytes_a_second = match format {
            Format::Ogg => 1.0,
            Format::Mp3 => 2.0,
            Format::Wav | Format::Pcm => 16.0,
        };
        Self { grace: Duration::from_secs(60), bytes_a_second: 1024.0 * kibibytes_a_second }
    }

    /// For words, which are few.
    pub fn for_words() -> Self {
        Self { grace: Duration::from_secs(60), bytes_a_second: 1024.0 }
    }

    /// A body of these pieces, which ends when the listener has taken too long.
    pub fn with(self, pieces: impl Stream<Item = Result<Bytes, Problem>> + 'static) -> BoxBody {
        let pieces: Option<Pieces> = Some(Box::pin(pieces));
        let sending =
            Sending { patience: self, pieces, bytes: 0, taken: Duration::ZERO, given: None };
        let sending = Rc::new(RefCell::new(sending));
        let watch = actix_web::rt::spawn(watch(Rc::downgrade(&sending)));
        BoxBody::new(Body { sending, _watch: AbortOnDropHandle::new(watch) })
    }
}

/// What is being sent.
struct Sending {
    patience: Patience,
    /// None once it was broken off.
    pieces: Option<Pieces>,
    bytes: u64,
    /// How long the listener has taken, all together; waiting for us does not count.
    taken: Duration,
    /// When the last piece was given, while no other is asked for.
    given: Option<Instant>,
}

impl Sending {
    /// How much longer the listener may take.
    fn left(&self) -> Duration {
        let more = self.bytes as f64 / self.patience.bytes_a_second;
        let allowed = self.patience.grace + Duration::from_secs_f64(more);
        let taken = self.taken + self.given.map_or(Duration::ZERO, |given| given.elapsed());
        allowed.saturating_sub(taken)
    }

    /// Breaks it off, if the listener is the one who is waited for, and for too long.
    fn break_off(&mut self) -> Option<Pieces> {
        let late = self.given.is_some() && self.left().is_zero();
        late.then(|| self.pieces.take()).flatten()
    }
}

/// Breaks it off even while nobody asks for it.
async fn watch(sending: Weak<RefCell<Sending>>) {
    loop {
        let Some(sending) = sending.upgrade() else { return };
        let late = sending.borrow_mut().break_off();
        let left = sending.borrow().left();
        // Dropping it ends the turn, which looks at nothing of this.
        drop((sending, late));
        sleep(left.max(Duration::from_millis(100))).await;
    }
}

struct Body {
    sending: Rc<RefCell<Sending>>,
    _watch: AbortOnDropHandle<()>,
}

impl MessageBody for Body {
    type Error = Problem;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let mut sending = self.sending.borrow_mut();
        drop(sending.break_off());
        if let Some(given) = sending.given.take() {
            sending.taken += given.elapsed();
        }
        let Some(pieces) = &mut sending.pieces else {
            return Poll::Ready(Some(Err(Problem::interrupted())));
        };
        let next = pieces.as_mut().poll_next(context);
        if let Poll::Ready(Some(Ok(piece))) = &next {
            sending.bytes += piece.len() as u64;
            sending.given = Some(Instant::now());
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use async_stream::stream;
    use futures_util::future::poll_fn;
    use tokio::sync::oneshot;
    use tokio::task::yield_now;

    use super::*;

    /// Whoever takes any time at all has taken too long.
    const NONE: Patience = Patience { grace: Duration::ZERO, bytes_a_second: f64::INFINITY };

    async fn next(body: &mut BoxBody) -> Option<Result<Bytes, String>> {
        let next = poll_fn(|context| Pin::new(&mut *body).poll_next(context)).await;
        next.map(|piece| piece.map_err(|error| error.to_string()))
    }

    #[actix_web::test]
    async fn who_takes_too_long_is_not_waited_for() {
        let (held, dropped) = oneshot::channel::<()>();
        let mut body = NONE.with(stream! {
            let _held = held;
            loop {
                yield Ok(Bytes::from_static(b"sound"));
            }
        });
        assert_eq!(next(&mut body).await, Some(Ok(Bytes::from_static(b"sound"))));

        // Nobody asks for more, and yet everything that was held is given back.
        assert!(dropped.await.is_err());
        assert!(next(&mut body).await.unwrap().is_err());
    }

    #[actix_web::test]
    async fn who_waits_for_us_takes_no_time() {
        let (late, comes) = oneshot::channel();
        let mut body = NONE.with(stream! { yield comes.await.map_err(|_| Problem::interrupted()) });
        let sent = async {
            for _ in 0..100 {
                yield_now().await;
            }
            late.send(Bytes::from_static(b"sound"))
        };

        let (piece, sent) = tokio::join!(next(&mut body), sent);

        assert!(sent.is_ok());
        assert_eq!(piece, Some(Ok(Bytes::from_static(b"sound"))));
    }

    #[actix_web::test]
    async fn who_takes_more_may_take_longer() {
        let mut body = Patience::for_sound(Format::Mp3).with(stream! {
            loop {
                yield Ok(Bytes::from_static(&[0; 4096]));
            }
        });
        for _ in 0..1000 {
            assert!(next(&mut body).await.unwrap().is_ok());
        }
    }
}
