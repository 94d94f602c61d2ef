//! What is said to the server, made with the project's own voice and ffmpeg.

use std::fs;
use std::path::Path;
use std::process::Command;

use bytes::Bytes;

const WORDS: &str = "Hello, I would like to ask you something. What are your opening hours on \
    Saturday, and do I have to call before I come? I was there last week, but the door was \
    closed, and nobody knew when it would be open again.";

/// The length of every clip.
pub const SECONDS: f64 = 10.0;

/// Ten seconds of speech, of hiss and of silence, as browsers record them.
pub struct Clips {
    pub speech: Bytes,
    pub hiss: Bytes,
    pub silence: Bytes,
}

impl Clips {
    pub fn make(folder: &Path) -> Self {
        let said = folder.join("said.wav");
        let mut say = Command::new(env!("CARGO_BIN_EXE_repartee"));
        let say = say.env_clear().args(["say", WORDS, "-o"]).arg(&said).output().unwrap();
        assert!(said.exists(), "{}", String::from_utf8_lossy(&say.stderr));
        let said = said.to_str().unwrap();
        Self {
            speech: webm(folder, &["-i", said, "-af", "apad"]),
            hiss: webm(folder, &["-f", "lavfi", "-i", "anoisesrc=color=brown:amplitude=0.02"]),
            silence: webm(folder, &["-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono"]),
        }
    }
}

/// Opus at 24 kb/s in WebM.
fn webm(folder: &Path, source: &[&str]) -> Bytes {
    let clip = folder.join("clip.webm");
    let made = Command::new("ffmpeg")
        .args(["-y", "-loglevel", "error"])
        .args(source)
        .args(["-t", &SECONDS.to_string(), "-ac", "1", "-c:a", "libopus", "-b:a", "24k"])
        .arg(&clip)
        .status();
    assert!(made.is_ok_and(|made| made.success()), "ffmpeg is needed to make clips");
    fs::read(clip).unwrap().into()
}
