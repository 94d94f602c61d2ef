//! A connection that can be broken on purpose.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// How a connection is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strike {
    /// With a reset.
    Reset,
    /// As if all had been said.
    Close,
}

const WHOLE: u8 = 0;
const TO_RESET: u8 = 1;
const TO_CLOSE: u8 = 2;

/// Where those who answer say that their connection is to be broken.
#[derive(Debug, Default)]
pub(crate) struct Fuse(AtomicU8);

impl Fuse {
    /// Breaks the connection once everything written so far has left. The task of the connection
    /// has to be woken for it.
    pub(crate) fn blow(&self, strike: Strike) {
        let state = if strike == Strike::Reset { TO_RESET } else { TO_CLOSE };
        self.0.store(state, Ordering::Relaxed);
    }
}

/// The bytes of a connection, with its fuse.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    fuse: Arc<Fuse>,
}

impl Wire {
    pub(crate) fn new(stream: TcpStream) -> (Self, Arc<Fuse>) {
        let fuse = Arc::new(Fuse::default());
        (Self { stream, fuse: Arc::clone(&fuse) }, fuse)
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Asked for when everything has been written. An error makes hyper drop the connection.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.fuse.0.load(Ordering::Relaxed) {
            WHOLE => return Poll::Ready(Ok(())),
            TO_RESET => self.stream.set_zero_linger()?,
            _ => {}
        }
        Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
