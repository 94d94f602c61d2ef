//! How long it takes from the start of the program to its first answer.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::numbers::Samples;
use crate::process::Process;

const STARTS: usize = 15;

pub fn run() {
    println!("\n# Start to the first 200, with the embedded engines loading behind it\n");
    let folder = TempDir::new().unwrap();
    let fresh = start(&folder);
    let again = Samples::milliseconds((0..STARTS).map(|_| start(&folder)));
    println!(
        "  a new database {:.1} ms; one that is there {:.1} ms (from {:.1} to {:.1})",
        fresh.as_secs_f64() * 1e3,
        again.median(),
        again.least(),
        again.largest(),
    );
}

fn start(folder: &TempDir) -> Duration {
    let began = Instant::now();
    let server = Process::embedded(folder.path());
    let mut stream = TcpStream::connect(server.address).unwrap();
    let ask =
        format!("GET /livez HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address);
    stream.write_all(ask.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let took = began.elapsed();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    took
}
