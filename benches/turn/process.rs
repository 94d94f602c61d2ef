//! A server in a process of its own: started, and asked what it takes.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// What Linux counts the time of processors in.
const TICKS_PER_SECOND: f64 = 100.0;

/// A server that ends with its owner.
pub struct Process {
    child: Child,
    pub address: SocketAddr,
}

impl Process {
    /// The real server in this folder, asking the provider at this address for all it does.
    pub fn repartee(folder: &Path, provider: &str, settings: &[(&str, &str)]) -> Self {
        let mut command = bare(folder);
        command.env("OPENAI_BASE_URL", provider).env("OPENAI_API_KEY", "anything");
        Self::start(command.envs(settings.iter().copied()))
    }

    /// The same with nothing set: the embedded engines load.
    pub fn embedded(folder: &Path) -> Self {
        Self::start(&mut bare(folder))
    }

    /// Starts what prints `listening on http://ADDRESS` once it listens.
    pub fn start(command: &mut Command) -> Self {
        let log = std::env::var("TURN_BENCH_LOG").ok();
        let log = log.map_or_else(Stdio::null, |path| {
            fs::File::options().create(true).append(true).open(path).unwrap().into()
        });
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://");
        let address = address.and_then(|address| address.parse().ok());
        Self { child, address: address.expect("the server does not start") }
    }

    /// The time of processors that it has taken so far.
    pub fn cpu(&self) -> Duration {
        let stat = self.read("stat");
        let fields = stat.rsplit_once(") ").unwrap().1.split(' ');
        let ticks: u64 = fields.skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum();
        Duration::from_secs_f64(ticks as f64 / TICKS_PER_SECOND)
    }

    /// The memory that it holds, and the most that it has held, in megabytes.
    pub fn memory(&self) -> (f64, f64) {
        let status = self.read("status");
        let line = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
        };
        (line("VmRSS:"), line("VmHWM:"))
    }

    /// The most memory is counted anew from here.
    pub fn forget_memory(&self) {
        fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").unwrap();
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program with no settings but where to listen and what to keep.
fn bare(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_repartee"));
    command
        .arg("serve")
        .current_dir(folder)
        .env_clear()
        .env("BIND", "127.0.0.1:0")
        .env("DATA_DIR", folder.join("data"));
    for name in ["MAX_TURNS_IN_FLIGHT", "TURNS_PER_MINUTE", "DAILY_BUDGET_USD", "OWNER_BUDGET_USD"]
    {
        command.env(name, "unlimited");
    }
    command
}

/// The time of processors that this thread has taken so far.
pub fn cpu_of_this_thread() -> Duration {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(stat.split(' ').next().unwrap().parse().unwrap())
}
