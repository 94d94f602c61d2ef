//! How many files and connections may be open at once.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Enough for thousands of turns: each has a listener, requests to its engines that run side by
/// side, and a recording.
const PLENTY: u64 = 65_536;

/// Takes as many as the process is allowed to take. Shells and service managers begin with 1,024,
/// for the sake of programs that can't count further, and that is soon used up by a crowd.
pub(super) fn raise_limit() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let most = maximum.map_or(PLENTY, |maximum| maximum.min(PLENTY));
    if current.is_none_or(|current| current >= most) {
        return;
    }
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum }) {
        tracing::warn!(%error, ?current, "no more files and connections may be open at once");
    }
}
