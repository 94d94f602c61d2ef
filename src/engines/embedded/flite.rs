//! The speaking library flite, bound by hand.
#![expect(unsafe_code, reason = "flite is a C library")]

use std::ffi::{CStr, CString, c_char, c_float, c_int, c_void};
use std::ops::ControlFlow;
use std::ptr;
use std::slice;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// flite's own shape of a sound, as in `cst_wave.h`.
#[repr(C)]
struct Wave {
    kind: *const c_char,
    sample_rate: c_int,
    num_samples: c_int,
    num_channels: c_int,
    samples: *mut i16,
}

/// The beginning of flite's voice, as in `cst_voice.h`; nothing beyond it is read.
#[repr(C)]
struct RawVoice {
    name: *const c_char,
    features: *mut c_void,
}

/// What flite calls with the sound as it grows, as in `cst_audio.h`.
#[repr(C)]
struct Streaming {
    min_samples: c_int,
    callback: extern "C" fn(*const Wave, c_int, c_int, c_int, *mut Streaming) -> c_int,
    utterance: *const c_void,
    item: *const c_void,
    user_data: *mut c_void,
}

const GO_ON: c_int = 0;
const STOP: c_int = -1;

unsafe extern "C" {
    fn flite_init() -> c_int;
    fn flite_text_to_wave(text: *const c_char, voice: *mut RawVoice) -> *mut Wave;
    fn delete_wave(wave: *mut Wave);
    fn flite_feat_set_float(features: *mut c_void, name: *const c_char, value: c_float);
    fn flite_feat_set(features: *mut c_void, name: *const c_char, value: *const c_void);
    fn new_audio_streaming_info() -> *mut Streaming;
    fn audio_streaming_info_val(info: *mut Streaming) -> *mut c_void;
    fn register_cmu_us_slt(folder: *const c_char) -> *mut RawVoice;
    fn register_cmu_us_rms(folder: *const c_char) -> *mut RawVoice;
    fn register_cmu_us_awb(folder: *const c_char) -> *mut RawVoice;
    fn register_cmu_us_kal16(folder: *const c_char) -> *mut RawVoice;
}

/// The voices that are linked in. All speak American English at 16 kHz.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// A woman.
    Slt,
    /// A man, the clearest of the four to a recogniser.
    Rms,
    /// A man with a Scottish lilt.
    Awb,
    /// A man, plainly a machine; by far the fastest to make.
    Kal16,
}

impl Voice {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Slt, Self::Rms, Self::Awb, Self::Kal16];

    /// flite's own name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Slt => "slt",
            Self::Rms => "rms",
            Self::Awb => "awb",
            Self::Kal16 => "kal16",
        }
    }
}

/// The library, started. flite keeps its voices in globals and writes into them as it speaks:
/// whoever holds this is alone with it.
pub struct Flite(MutexGuard<'static, Voices>);

struct Voices([Prepared; 4]);

struct Prepared {
    voice: *mut RawVoice,
    streaming: *mut Streaming,
}

// SAFETY: the pointers lead to what flite keeps for the life of the process; all use of them
// is behind the mutex in `Flite::lock`, and flite does not care which thread calls.
unsafe impl Send for Voices {}

fn voices() -> Option<&'static Mutex<Voices>> {
    static VOICES: OnceLock<Option<Mutex<Voices>>> = OnceLock::new();
    VOICES.get_or_init(|| start().map(Mutex::new)).as_ref()
}

impl Flite {
    /// Waits until nobody else speaks; the first starts the library. None if it does not start.
    pub fn lock() -> Option<Self> {
        Some(Self(voices()?.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Speaks, handing over the sound in chunks of at least `min_samples` (but for the last)
    /// until `heard` breaks off. `stretch` is how much longer than usual it takes.
    /// False if nothing could be made of the text.
    pub fn speak<F>(&mut self, text: &CStr, how: Manner, mut heard: F) -> bool
    where
        F: FnMut(&[i16]) -> ControlFlow<()>,
    {
        let Prepared { voice, streaming } = self.0.0[how.voice as usize];
        let user_data: *mut F = &raw mut heard;
        // SAFETY: both pointers were checked by `start` and live as long as the process; the
        // mutex is held, so nobody else writes to them. `heard` outlives the call that uses it,
        // and is taken out of flite's reach again right after. flite copies the text, does not
        // keep it, and gives a wave that is ours to delete.
        unsafe {
            (*streaming).min_samples = how.min_samples;
            (*streaming).callback = on_sound::<F>;
            (*streaming).user_data = user_data.cast();
            flite_feat_set_float((*voice).features, c"duration_stretch".as_ptr(), how.stretch);
            let wave = flite_text_to_wave(text.as_ptr(), voice);
            (*streaming).callback = ignore;
            (*streaming).user_data = ptr::null_mut();
            if wave.is_null() {
                return false;
            }
            delete_wave(wave);
        }
        true
    }
}

/// How [`Flite::speak`] speaks.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// Who.
    pub voice: Voice,
    /// How much longer than usual it takes: 0.5 is twice as fast.
    pub stretch: f32,
    /// The least samples worth a chunk.
    pub min_samples: i32,
}

fn start() -> Option<Voices> {
    // SAFETY: called once, by way of the `OnceLock`; the register functions take a folder that
    // these voices do not have, and give a voice that lives as long as the process.
    unsafe {
        flite_init();
        let [slt, rms, awb, kal16] = [
            register_cmu_us_slt(ptr::null()),
            register_cmu_us_rms(ptr::null()),
            register_cmu_us_awb(ptr::null()),
            register_cmu_us_kal16(ptr::null()),
        ]
        .map(|voice| prepare(voice));
        Some(Voices([slt?, rms?, awb?, kal16?]))
    }
}

/// Lets the voice hand over its sound as it grows.
///
/// # Safety
/// `voice` is null or a voice of flite's that nobody else is using.
unsafe fn prepare(voice: *mut RawVoice) -> Option<Prepared> {
    // SAFETY: the pointers are checked before they are followed; flite owns the streaming
    // record from `audio_streaming_info_val` on, and never frees it since the voice stays.
    unsafe {
        let streaming = new_audio_streaming_info();
        if voice.is_null() || (*voice).features.is_null() || streaming.is_null() {
            return None;
        }
        (*streaming).callback = ignore;
        let value = audio_streaming_info_val(streaming);
        flite_feat_set((*voice).features, c"streaming_info".as_ptr(), value);
        Some(Prepared { voice, streaming })
    }
}

extern "C" fn ignore(_: *const Wave, _: c_int, _: c_int, _: c_int, _: *mut Streaming) -> c_int {
    STOP
}

extern "C" fn on_sound<F>(
    wave: *const Wave,
    start: c_int,
    size: c_int,
    _last: c_int,
    streaming: *mut Streaming,
) -> c_int
where
    F: FnMut(&[i16]) -> ControlFlow<()>,
{
    // SAFETY: flite calls this from within `Flite::speak`, which put a live `F` behind
    // `user_data` and set this very function for it; `start` and `size` are checked to lie
    // within the samples that flite has made so far.
    let (heard, wave) = unsafe { (&mut *(*streaming).user_data.cast::<F>(), &*wave) };
    let within = start >= 0 && size > 0 && start.saturating_add(size) <= wave.num_samples;
    if !within || wave.samples.is_null() {
        return GO_ON;
    }
    let (Ok(first), Ok(count)) = (usize::try_from(start), usize::try_from(size)) else {
        return GO_ON;
    };
    // SAFETY: as above.
    let samples = unsafe { slice::from_raw_parts(wave.samples.add(first), count) };
    match heard(samples) {
        ControlFlow::Continue(()) => GO_ON,
        ControlFlow::Break(()) => STOP,
    }
}

/// The text as C wants it, up to the first NUL.
pub fn c_text(text: &str) -> CString {
    let until_nul = text.split('\0').next().unwrap_or_default();
    CString::new(until_nul).unwrap_or_default()
}
