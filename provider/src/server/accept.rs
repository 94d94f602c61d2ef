//! Takes connections and serves each one until it ends.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::server::serve::{Place, serve};
use crate::server::wire::Wire;
use crate::state::State;

/// How long to wait when the system has no connections to give.
const BREATH: Duration = Duration::from_millis(10);

/// Never returns. Dropped, it takes all its connections with it.
pub(crate) async fn accept(listener: TcpListener, state: Arc<State>) -> Infallible {
    let mut connections = JoinSet::new();
    let mut number = 0;
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    number += 1;
                    connections.spawn(attend(stream, number, Arc::clone(&state)));
                }
                Err(_) => tokio::time::sleep(BREATH).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn attend(stream: TcpStream, connection: u64, state: Arc<State>) {
    // Without it, answers are only later than they should be.
    let _ = stream.set_nodelay(true);
    let (wire, fuse) = Wire::new(stream);
    let service = service_fn(move |request| {
        serve(Place { state: Arc::clone(&state), fuse: Arc::clone(&fuse), connection }, request)
    });
    // A connection that breaks is nothing to report: mostly it was meant to.
    let _ = http1::Builder::new()
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(wire), service)
        .await;
}
