//! Where a command's sound goes: a file, standard output, or nowhere.

use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::audio::format::Format;
use crate::audio::wav;
use crate::commands::failure::Failure;

/// The format that a file's name asks for; MP3 if there is no name to ask.
pub fn format_of(name: Option<&str>) -> Result<Format, Failure> {
    let Some(name) = name.filter(|name| *name != "-") else { return Ok(Format::Mp3) };
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
    extension.and_then(Format::from_extension).ok_or_else(|| {
        Failure::input(format!("{name}: the name must end in .mp3, .wav, .ogg or .pcm"))
    })
}

/// Takes sound as it is made. A file appears only when it is whole.
pub enum Output {
    /// Nobody wants the sound.
    Nowhere,
    /// Standard output.
    Standard,
    /// A file, written beside its place and moved there at the end.
    File(Unfinished),
}

/// A file that is not yet in its place. Dropping it removes it.
pub struct Unfinished {
    file: File,
    here: PathBuf,
    place: PathBuf,
}

impl Output {
    /// `-` is standard output; no name is nowhere.
    pub fn to(name: Option<&str>) -> Result<Self, Failure> {
        match name {
            None => Ok(Self::Nowhere),
            Some("-") => Ok(Self::Standard),
            Some(name) => Unfinished::beside(Path::new(name))
                .map(Self::File)
                .map_err(|error| Failure::input(format!("{name}: {error}"))),
        }
    }

    /// Takes the next piece.
    pub fn write(&mut self, sound: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Nowhere => Ok(()),
            Self::Standard => io::stdout().write_all(sound).map_err(Failure::output),
            Self::File(unfinished) => unfinished.file.write_all(sound).map_err(Failure::output),
        }
    }

    /// The sound is whole: keeps it.
    pub fn keep(self, format: Format) -> Result<(), Failure> {
        match self {
            Self::Nowhere => Ok(()),
            Self::Standard => io::stdout().flush().map_err(Failure::output),
            Self::File(unfinished) => unfinished.keep(format).map_err(Failure::output),
        }
    }
}

impl Unfinished {
    fn beside(place: &Path) -> io::Result<Self> {
        if place.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let mut here = place.as_os_str().to_owned();
        here.push(format!(".{}.part", std::process::id()));
        let here = PathBuf::from(here);
        Ok(Self { file: File::create(&here)?, here, place: place.to_owned() })
    }

    fn keep(mut self, format: Format) -> io::Result<()> {
        if format == Format::Wav {
            let bytes = self.file.stream_position()?;
            for (at, size) in wav::sizes(bytes) {
                self.file.seek(SeekFrom::Start(at))?;
                self.file.write_all(&size)?;
            }
        }
        fs::rename(&self.here, &self.place)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Gone already if it was kept.
        let _ = fs::remove_file(&self.here);
    }
}
