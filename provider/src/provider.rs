//! A provider that runs, and what its owner may ask of it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread;

use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::behaviour::Behaviour;
use crate::fault::{Fault, Stage};
use crate::journal::call::Call;
use crate::server::accept::accept;
use crate::sound::bank::Bank;
use crate::state::State;

/// An OpenAI-compatible server. Dropped, it ends with all of its connections.
#[derive(Debug)]
pub struct Provider {
    address: SocketAddr,
    state: Arc<State>,
    host: Host,
}

/// Who runs it.
#[derive(Debug)]
enum Host {
    /// The runtime that it was started in.
    Task(JoinHandle<()>),
    /// A thread of its own.
    Thread(CancellationToken, Option<thread::JoinHandle<()>>),
}

impl Provider {
    /// Starts one on any free port, in this runtime.
    pub async fn start() -> io::Result<Self> {
        Self::on(anywhere()).await
    }

    /// Starts one on this address, in this runtime.
    pub async fn on(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let state = prepared();
        let serving = Arc::clone(&state);
        let task = tokio::spawn(async move {
            accept(listener, serving).await;
        });
        Ok(Self { address, state, host: Host::Task(task) })
    }

    /// Starts one on any free port, in a runtime and a thread of its own: it works for callers
    /// whose runtime is busy or paused.
    pub fn in_own_thread() -> io::Result<Self> {
        let listener = std::net::TcpListener::bind(anywhere())?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (state, stop) = (prepared(), CancellationToken::new());
        let (serving, stopped) = (Arc::clone(&state), stop.clone());
        let thread = thread::Builder::new().name("provider".to_owned()).spawn(move || {
            runtime.block_on(async move {
                // It was bound already; a runtime that cannot take it serves nobody.
                let Ok(listener) = TcpListener::from_std(listener) else { return };
                tokio::select! {
                    () = stopped.cancelled() => {}
                    _ = tokio::spawn(async move { accept(listener, serving).await; }) => {}
                }
            });
        })?;
        Ok(Self { address, state, host: Host::Thread(stop, Some(thread)) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What `OPENAI_BASE_URL` has to be.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// How it answers.
    pub fn behaviour(&self) -> Behaviour {
        Behaviour::clone(&self.state.behaviour())
    }

    /// From the next request on it answers like this.
    pub fn set(&self, behaviour: Behaviour) {
        self.state.set(behaviour);
    }

    /// This is to go wrong too. Of several for the same stage, the first happens first.
    pub fn fault(&self, fault: Fault) {
        self.state.faults.add(fault);
    }

    /// Nothing more is to go wrong.
    pub fn clear_faults(&self) {
        self.state.faults.clear();
    }

    /// All calls as they are now, in the order in which they came.
    pub fn journal(&self) -> Vec<Call> {
        self.state.journal.calls()
    }

    /// The calls of one stage.
    pub fn calls(&self, stage: Stage) -> Vec<Call> {
        let mut calls = self.journal();
        calls.retain(|call| call.stage == stage);
        calls
    }

    /// Waits until the calls are like that, and gives them.
    pub async fn wait_until(&self, condition: impl FnMut(&[Call]) -> bool) -> Vec<Call> {
        self.state.journal.wait_until(condition).await
    }

    /// Forgets all calls so far.
    pub fn reset_journal(&self) {
        self.state.journal.clear();
    }

    /// What everything so far has cost, in millionths of a dollar.
    pub fn spent_micro_usd(&self) -> u64 {
        self.state.spent()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        match &mut self.host {
            Host::Task(task) => task.abort(),
            Host::Thread(stop, thread) => {
                stop.cancel();
                // It has nothing to say about how it ended.
                let _ = thread.take().map(thread::JoinHandle::join);
            }
        }
    }
}

fn anywhere() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

/// The sound is made meanwhile, so that the first line is not later than the others.
fn prepared() -> Arc<State> {
    thread::spawn(Bank::shared);
    Arc::default()
}
