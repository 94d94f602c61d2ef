//! The hearing library PocketSphinx, bound by hand.
#![expect(unsafe_code, reason = "PocketSphinx is a C library")]

use std::ffi::{CStr, CString, c_char, c_double, c_int, c_void};
use std::ptr::{self, NonNull};

/// An opaque thing of the library's.
type Opaque = c_void;

const TRUE: c_int = 1;
const FALSE: c_int = 0;

unsafe extern "C" {
    fn err_set_logfp(stream: *mut c_void);
    fn ps_args() -> *const Opaque;
    fn cmd_ln_parse_r(
        known: *mut Opaque,
        definitions: *const Opaque,
        count: i32,
        arguments: *mut *mut c_char,
        strict: i32,
    ) -> *mut Opaque;
    fn cmd_ln_free_r(configuration: *mut Opaque) -> c_int;
    fn ps_init(configuration: *mut Opaque) -> *mut Opaque;
    fn ps_free(decoder: *mut Opaque) -> c_int;
    fn ps_start_stream(decoder: *mut Opaque) -> c_int;
    fn ps_start_utt(decoder: *mut Opaque) -> c_int;
    fn ps_process_raw(
        decoder: *mut Opaque,
        samples: *const i16,
        count: usize,
        no_search: c_int,
        whole: c_int,
    ) -> c_int;
    fn ps_end_utt(decoder: *mut Opaque) -> c_int;
    fn ps_get_hyp(decoder: *mut Opaque, score: *mut i32) -> *const c_char;
    fn ps_get_logmath(decoder: *mut Opaque) -> *mut Opaque;
    fn logmath_exp(logmath: *mut Opaque, value: c_int) -> c_double;
    fn ps_seg_iter(decoder: *mut Opaque) -> *mut Opaque;
    fn ps_seg_next(segment: *mut Opaque) -> *mut Opaque;
    fn ps_seg_word(segment: *mut Opaque) -> *const c_char;
    fn ps_seg_frames(segment: *mut Opaque, first: *mut c_int, last: *mut c_int);
    fn ps_seg_prob(
        segment: *mut Opaque,
        acoustic: *mut i32,
        language: *mut i32,
        backoff: *mut i32,
    ) -> i32;
}

/// A decoder with its model: about 93 MB. It hears one clip at a time.
pub struct Decoder {
    decoder: NonNull<Opaque>,
    /// The library may look at its arguments for as long as the decoder lives.
    _arguments: Vec<CString>,
}

// SAFETY: a decoder has no tie to the thread that made it, and `&mut self` keeps two threads
// from using it at once.
unsafe impl Send for Decoder {}

/// A word as the decoder heard it.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// The word, without the number that marks another pronunciation of it.
    pub word: String,
    /// The first frame of 10 ms in which it sounds.
    pub first_frame: u32,
    /// The last.
    pub last_frame: u32,
    /// How likely it is among what else it could have been, from 0 to 1.
    pub probability: f32,
}

impl Decoder {
    /// Loads a decoder; each option is a name such as `-lm` and its value. None if the library
    /// could not make one of them. Takes about 0.25 s.
    pub fn load(options: &[(&str, &str)]) -> Option<Self> {
        let words = options.iter().flat_map(|(name, value)| [*name, *value]);
        let words: Vec<CString> = words.map(CString::new).collect::<Result<_, _>>().ok()?;
        let mut arguments: Vec<*mut c_char> =
            words.iter().map(|word| word.as_ptr().cast_mut()).collect();
        let count = i32::try_from(arguments.len()).ok()?;
        // SAFETY: the library does not write to the arguments, and they live as long as the
        // decoder; a null stream silences its log; the decoder keeps its own hold on the
        // configuration, so ours is given back.
        let decoder = unsafe {
            err_set_logfp(ptr::null_mut());
            let configuration =
                cmd_ln_parse_r(ptr::null_mut(), ps_args(), count, arguments.as_mut_ptr(), TRUE);
            if configuration.is_null() {
                return None;
            }
            let decoder = ps_init(configuration);
            cmd_ln_free_r(configuration);
            NonNull::new(decoder)?
        };
        Some(Self { decoder, _arguments: words })
    }

    /// Hears one whole clip of 16 kHz samples. None if nothing was understood.
    pub fn hear(&mut self, samples: &[i16]) -> Option<String> {
        let decoder = self.decoder.as_ptr();
        // SAFETY: the decoder is live and ours alone; the samples are only read during the
        // call; the hypothesis belongs to the decoder and is copied before its next use.
        unsafe {
            let started = ps_start_stream(decoder) == 0 && ps_start_utt(decoder) == 0;
            if !started {
                return None;
            }
            ps_process_raw(decoder, samples.as_ptr(), samples.len(), FALSE, TRUE);
            ps_end_utt(decoder);
            let hypothesis = ps_get_hyp(decoder, ptr::null_mut());
            text(hypothesis).filter(|text| !text.is_empty())
        }
    }

    /// The words of the last clip heard, fillers and silences left out.
    pub fn segments(&mut self) -> Vec<Segment> {
        let mut segments = Vec::new();
        // SAFETY: the decoder is live; each iterator is used until `ps_seg_next` gives null,
        // which also frees it.
        unsafe {
            let logmath = ps_get_logmath(self.decoder.as_ptr());
            let mut iterator = ps_seg_iter(self.decoder.as_ptr());
            while !iterator.is_null() {
                segments.extend(segment(iterator, logmath));
                iterator = ps_seg_next(iterator);
            }
        }
        segments
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: the decoder is live and nobody uses it after this.
        unsafe {
            ps_free(self.decoder.as_ptr());
        }
    }
}

/// # Safety
/// `iterator` is a live segment iterator, `logmath` is its decoder's.
unsafe fn segment(iterator: *mut Opaque, logmath: *mut Opaque) -> Option<Segment> {
    let (mut first, mut last) = (0, 0);
    // SAFETY: as the caller promises; the out parameters may be null where they are not wanted.
    let (word, probability) = unsafe {
        ps_seg_frames(iterator, &raw mut first, &raw mut last);
        let posterior = ps_seg_prob(iterator, ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        (text(ps_seg_word(iterator))?, logmath_exp(logmath, posterior))
    };
    if word.starts_with(['<', '[', '+']) {
        return None;
    }
    let word = word.split('(').next().unwrap_or_default().to_owned();
    let (first_frame, last_frame) = (u32::try_from(first).ok()?, u32::try_from(last).ok()?);
    Some(Segment { word, first_frame, last_frame, probability: probability.clamp(0.0, 1.0) as f32 })
}

/// # Safety
/// `text` is null or a C string that lives until this returns.
unsafe fn text(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: as the caller promises.
    Some(unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}
