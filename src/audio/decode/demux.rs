//! The container: opened, its sound track found, its packets pulled.

use std::io::ErrorKind;

use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatOptions, FormatReader, Track};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::packet::Packet;
use symphonia::core::units::TimeBase;
use symphonia::default::formats::{
    FlacReader, IsoMp4Reader, MkvReader, MpaReader, OggReader, WavReader,
};

use crate::audio::clip::{Clip, Container};
use crate::audio::decode::allowance::Allowance;
use crate::audio::decode::boxes;
use crate::audio::decode::notes;
use crate::audio::decode::ogg_tail;
use crate::audio::decode::source::Source;
use crate::audio::decode::wav_head;
use crate::audio::sniff;

/// What a WebM may hold before its sound begins: symphonia keeps all of it, chapters at thirty times
/// their size.
const LONGEST_HEAD: u64 = 2 * 1024 * 1024;

/// The sound track of an open container.
pub(crate) struct Reel {
    reader: Box<dyn FormatReader>,
    track: u32,
    allowance: Allowance,
    pub(crate) time_base: Option<TimeBase>,
}

/// What comes next on the reel.
pub(crate) enum Next {
    /// A packet of the sound track.
    Packet(Packet),
    /// The sound goes on, coded anew: what was known of the track no longer holds.
    Changed,
    /// Nothing; the words say why, unless it is the proper end.
    End(Option<String>),
}

impl Reel {
    /// Opens the container and picks the sound track, or says in words why that is impossible.
    pub(crate) fn open(clip: &Clip, allowance: &Allowance) -> Result<Self, String> {
        let reader = reader(clip, allowance)?;
        let mut reel = Self { reader, track: 0, allowance: allowance.clone(), time_base: None };
        reel.pick()?;
        Ok(reel)
    }

    /// Picks the sound track (again, after a change).
    pub(crate) fn pick(&mut self) -> Result<(), String> {
        let mut tracks = self.reader.tracks().iter().filter(|track| sound(track).is_some());
        let track = tracks.next().ok_or("it has no sound track")?;
        // Whoever else hears the clip may choose another, or hear all of them.
        if tracks.next().is_some() {
            return Err("it has more than one sound track".to_owned());
        }
        (self.track, self.time_base) = (track.id, track.time_base);
        Ok(())
    }

    /// The number of the sound track.
    pub(crate) fn track(&self) -> u32 {
        self.track
    }

    /// How the track is coded.
    pub(crate) fn parameters(&self) -> Option<&AudioCodecParameters> {
        self.reader.tracks().iter().find(|track| track.id == self.track).and_then(sound)
    }

    /// How long the clip claims to be.
    pub(crate) fn declared_seconds(&self) -> Option<f64> {
        let track = self.reader.tracks().iter().find(|track| track.id == self.track)?;
        let media = self.reader.media_info();
        let (base, duration) = match track.duration {
            Some(duration) => (track.time_base?, duration),
            None => (media.time_base?, media.duration?),
        };
        let seconds = base.calc_duration_saturating(duration).as_secs_f64();
        (seconds > 0.0).then_some(seconds)
    }

    /// What comes next.
    pub(crate) fn next(&mut self) -> Next {
        loop {
            match self.reader.next_packet() {
                Ok(Some(packet)) if packet.track_id == self.track => return Next::Packet(packet),
                Ok(Some(_)) if self.allowance.is_over() => return Next::End(None),
                Ok(Some(_)) => {}
                Ok(None) => return Next::End(None),
                Err(Error::ResetRequired) => return Next::Changed,
                Err(error) => return Next::End(Some(reason(&error))),
            }
        }
    }
}

/// What is wrong, in words: symphonia's own, without its name for the place.
pub(crate) fn reason(error: &Error) -> String {
    match error {
        Error::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            "it was cut off".into()
        }
        Error::DecodeError(text) | Error::Unsupported(text) | Error::LimitError(text) => {
            text.rsplit_once(": ").map_or(*text, |(_, words)| words).to_owned()
        }
        other => other.to_string(),
    }
}

fn sound(track: &Track) -> Option<&AudioCodecParameters> {
    track.codec_params.as_ref().and_then(|parameters| parameters.audio())
}

fn reader(clip: &Clip, allowance: &Allowance) -> Result<Box<dyn FormatReader>, String> {
    let bytes = clip.bytes().clone();
    let options = FormatOptions::default();
    let stream = |source: Source| {
        MediaSourceStream::new(Box::new(source.held_to(allowance.clone())), Default::default())
    };
    let opened: Result<Box<dyn FormatReader>, Error> = match clip.container() {
        // Without seeking, whatever lies behind the sound is left alone.
        Container::WebM => {
            if notes::fill_webm(&bytes) {
                return Err("it has too many tags, tracks or chapters".to_owned());
            }
            let open = || boxed(MkvReader::try_new(stream(Source::forward(bytes)), options));
            let opened = allowance.confined(LONGEST_HEAD, open);
            opened.ok_or("there is too much before its sound begins")?
        }
        Container::Ogg => {
            if notes::fill_ogg(&bytes) {
                return Err("it has too many comments or streams".to_owned());
            }
            boxed(OggReader::try_new(stream(ogg_tail::mended(bytes)), options))
        }
        Container::Mp4 => {
            if boxes::runs_away(&bytes) {
                return Err("it claims to have more samples than bytes".to_owned());
            }
            if notes::fill_mp4(&bytes) {
                return Err("it has too many tags".to_owned());
            }
            let length = boxes::claimed_length(&bytes);
            boxed(IsoMp4Reader::try_new(stream(Source::seekable(bytes, length)), options))
        }
        Container::Wav => boxed(WavReader::try_new(stream(wav_head::mended(bytes)?), options)),
        Container::Mp3 => {
            let sound = bytes.slice(sniff::tag_length(&bytes)..);
            boxed(MpaReader::try_new(stream(Source::forward(sound)), options))
        }
        Container::Flac => {
            let sound = bytes.slice(sniff::tag_length(&bytes)..);
            let sound = notes::flac_without(&sound).ok_or("it was cut off")?;
            boxed(FlacReader::try_new(stream(sound), options))
        }
    };
    opened.map_err(|error| reason(&error))
}

fn boxed<R: FormatReader + 'static>(
    opened: Result<R, Error>,
) -> Result<Box<dyn FormatReader>, Error> {
    opened.map(|reader| Box::new(reader) as Box<dyn FormatReader>)
}
