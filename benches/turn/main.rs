//! What a voice turn over HTTP takes, from the outside: the real server in a process of its own,
//! a provider whose times are known, and callers who note when what came.
//!
//! `cargo bench --bench turn` (and `make bench`) measures the ratios, two minutes of it. The
//! other parts are asked for by name, any number of them, or all:
//!
//! `cargo bench --bench turn -- ratios load crowd history start`
//!
//! - `ratios`: first sound and last byte in every rendering, as ratios to the limit that follows
//!   from the provider's times: what a turn would take that cost nothing itself. Times are counted
//!   from the moment at which the upload is handed to the socket.
//! - `load`: turns in a second, their times and their cost when the provider takes no time, beside
//!   a handler that does nothing and the provider asked directly; and the cost of refusing clips in
//!   which nobody speaks. Server, provider and callers share the machine.
//! - `crowd`: 256 turns at once.
//! - `history`: turns over a past of 1,000 and of 100,000 turns.
//! - `start`: from the start of the program to its first answer.
//!
//! No figure makes it fail. `TURN_BENCH_LOG=FILE` keeps what the servers log.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "benches")]

mod caller;
mod clips;
mod crowd;
mod floor;
mod history;
mod load;
mod numbers;
mod process;
mod ratios;
mod setting;
mod spotter;
mod stand;
mod start;

use tokio::runtime::Builder;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == floor::NAME) {
        return floor::serve();
    }
    let named: Vec<_> = arguments.iter().filter(|name| !name.starts_with('-')).collect();
    let wanted = |part: &str| {
        let asked = |name: &&String| *name == part || *name == "all";
        if named.is_empty() { part == "ratios" } else { named.iter().any(asked) }
    };
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        if wanted("ratios") {
            ratios::run().await;
        }
        if wanted("load") {
            load::run().await;
        }
        if wanted("crowd") {
            crowd::run().await;
        }
        if wanted("history") {
            history::run().await;
        }
    });
    if wanted("start") {
        start::run();
    }
}
