//! What the process takes of its machine, as Linux tells it, under the names that Prometheus'
//! own libraries use.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use metrics::{counter, gauge};
use rustix::process::{Resource, getrlimit};

/// Linux counts programs' time in hundredths of a second, whatever its own clock does.
const TICKS_A_SECOND: u64 = 100;

pub(super) const GAUGES: [(&str, &str); 6] = [
    ("process_resident_memory_bytes", "Memory of this process that is in use."),
    ("process_virtual_memory_bytes", "Memory that this process has asked for."),
    ("process_threads", "Threads of this process."),
    ("process_open_fds", "Files and connections that this process has open."),
    ("process_max_fds", "Files and connections that this process may have open."),
    ("process_start_time_seconds", "When this process began, in seconds since 1970."),
];
pub(super) const COUNTER: (&str, &str) =
    ("process_cpu_seconds_total", "Time that processors worked for this process.");

/// Notes when the process began, which is about now.
pub(super) fn begun() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    gauge!("process_start_time_seconds").set(now.as_secs_f64());
}

/// Measures now. What the system does not tell is left out.
pub(super) fn measure() {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let told = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok())
    };
    for (name, value) in [
        ("process_resident_memory_bytes", told("VmRSS:").map(|kibibytes| kibibytes * 1024.0)),
        ("process_virtual_memory_bytes", told("VmSize:").map(|kibibytes| kibibytes * 1024.0)),
        ("process_threads", told("Threads:")),
        ("process_open_fds", fs::read_dir("/proc/self/fd").ok().map(|open| open.count() as f64)),
        ("process_max_fds", getrlimit(Resource::Nofile).current.map(|most| most as f64)),
    ] {
        if let Some(value) = value {
            gauge!(name).set(value);
        }
    }
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    if let Some(ticks) = ticks(&stat) {
        counter!(COUNTER.0).absolute(ticks / TICKS_A_SECOND);
    }
}

/// Of its own and of the system's on its behalf. The program's name, in front, may hold anything.
fn ticks(stat: &str) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let (own, systems) = (fields.next()?, fields.next()?);
    Some(own.parse::<u64>().ok()? + systems.parse::<u64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_programs_name_does_not_confuse_its_clock() {
        let stat = "7 (a) b 1 2 3) S 1 7 7 0 -1 4194560 500 0 0 0 123 45 0 0 20 0 12 0 99";
        assert_eq!(ticks(stat), Some(168));
        assert_eq!(ticks("7 (name"), None);
    }
}
