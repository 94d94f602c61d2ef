//! Has the speaker begun, has the speaker finished: told while the sound still comes in.

use crate::audio::hearing::voice::{FRAME_MS, Frame, Frames, Run, VOICE};

/// What is going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ear {
    /// Nobody has spoken yet.
    Waiting,
    /// Someone is speaking, or pausing briefly.
    Speaking,
    /// Someone spoke, and then paused as long as agreed.
    Finished {
        /// When the speech began, in milliseconds from the first sample.
        began_ms: u32,
        /// When it ended, without the pause.
        ended_ms: u32,
    },
}

/// Follows one utterance.
///
/// Fed with 16 kHz mono sound in pieces of any size. 200 ms of confirmed speech begin an utterance;
/// a pause of the agreed length ends it.
pub struct Endpointer {
    frames: Frames,
    utterance: Utterance,
}

struct Utterance {
    run: Run,
    pause_ms: u32,
    now_ms: u32,
    began_ms: u32,
    last_voice_ms: u32,
    state: Ear,
}

impl Endpointer {
    /// Waits for someone to speak, and then for so long a pause.
    pub fn new(pause_ms: u32) -> Self {
        let utterance = Utterance {
            run: Run::default(),
            pause_ms,
            now_ms: 0,
            began_ms: 0,
            last_voice_ms: 0,
            state: Ear::Waiting,
        };
        Self { frames: Frames::new(), utterance }
    }

    /// Listens to the next piece. Once finished it stays so: the next utterance is another
    /// endpointer's.
    pub fn push(&mut self, piece: &[i16]) -> Ear {
        self.frames.push(piece, |frame| self.utterance.follow(frame));
        self.utterance.state
    }
}

impl Utterance {
    fn follow(&mut self, frame: Frame) {
        self.now_ms = self.now_ms.saturating_add(FRAME_MS);
        let confirmed = self.run.push(frame);
        self.state = match self.state {
            Ear::Waiting if confirmed => self.begin(),
            Ear::Speaking => self.go_on(frame.voice),
            state => state,
        };
    }

    fn begin(&mut self) -> Ear {
        self.began_ms = self.now_ms.saturating_sub(self.run.length() * FRAME_MS);
        self.last_voice_ms = self.now_ms;
        Ear::Speaking
    }

    fn go_on(&mut self, voice: f32) -> Ear {
        if voice >= VOICE {
            self.last_voice_ms = self.now_ms;
        }
        if self.now_ms - self.last_voice_ms < self.pause_ms {
            return Ear::Speaking;
        }
        Ear::Finished { began_ms: self.began_ms, ended_ms: self.last_voice_ms }
    }
}
