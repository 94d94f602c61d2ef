//! What the boxes of an MP4 say that symphonia does not act on.

const TRACK: [u8; 4] = *b"trak";

/// The part of a track that is meant to be heard, in seconds of the track.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Edit {
    /// What the encoder needed to get going.
    pub(crate) skip_seconds: f64,
    /// How long it lasts from there; none if to the end.
    pub(crate) keep_seconds: Option<f64>,
}

/// Samples that any file may claim.
const MODEST_COUNT: u64 = 1_000_000;
/// Flags of a run whose samples each take some bytes of the run itself.
const EACH_DESCRIBED: u32 = 0x0f00;

/// Whether the runs of a fragmented file claim more samples than it has bytes.
///
/// symphonia 0.6.1 counts a run's samples one by one, even those that are not described: 20 bytes
/// can keep it busy for seconds, and no clock is looked at meanwhile. Every place that could be
/// read as a run is looked at, wherever it lies, so that no arrangement of boxes can hide one.
pub(crate) fn runs_away(file: &[u8]) -> bool {
    let runs = file.windows(12).filter(|window| window.starts_with(b"trun"));
    let counts = runs.filter_map(|run| {
        let described = word(run, 4)? & EACH_DESCRIBED != 0;
        if described { None } else { word(run, 8).map(u64::from) }
    });
    counts.sum::<u64>() > MODEST_COUNT.max(file.len() as u64)
}

/// How long the file was before it was cut off, as its boxes have it; at least as long as it is.
pub(crate) fn claimed_length(file: &[u8]) -> u64 {
    let mut at: u64 = 0;
    while let Some(area) = usize::try_from(at).ok().and_then(|at| file.get(at..)) {
        let length = match word(area, 0) {
            Some(1) => long(area, 8).unwrap_or(0),
            Some(length) if area.len() >= 8 => length.into(),
            _ => 0,
        };
        // Shorter than its own head, or to the end of the file: nothing follows.
        if length < 8 {
            break;
        }
        at = at.saturating_add(length);
    }
    at.max(file.len() as u64)
}

/// Whether the file comes in fragments.
pub(crate) fn fragmented(file: &[u8]) -> bool {
    find(file, b"moov").is_some_and(|movie| find(movie, b"mvex").is_some())
}

/// How long a fragmented file claims to be. Its tracks' own durations are of no use: they are 0,
/// or the first fragment's, or (Chromium) in the wrong unit.
pub(crate) fn fragments_seconds(file: &[u8]) -> Option<f64> {
    let movie = find(file, b"moov")?;
    let extent = find(find(movie, b"mvex")?, b"mehd")?;
    let duration = match *extent.first()? {
        1 => long(extent, 4)?,
        _ => word(extent, 4)?.into(),
    };
    let seconds = duration as f64 / timescale(find(movie, b"mvhd")?)?;
    (seconds > 0.0).then_some(seconds)
}

/// The first real edit of the track with this number.
pub(crate) fn edit(file: &[u8], track: u32) -> Option<Edit> {
    let movie = find(file, b"moov")?;
    let movie_scale = timescale(find(movie, b"mvhd")?)?;
    let wanted = |found: &&[u8]| find(found, b"tkhd").and_then(number) == Some(track);
    let track =
        boxes(movie).filter(|(name, _)| *name == TRACK).map(|(_, body)| body).find(wanted)?;
    let media_scale = timescale(find(find(track, b"mdia")?, b"mdhd")?)?;
    let (duration, start) = first_edit(find(find(track, b"edts")?, b"elst")?)?;
    Some(Edit {
        skip_seconds: start as f64 / media_scale,
        keep_seconds: (duration > 0).then_some(duration as f64 / movie_scale),
    })
}

/// The first entry that shows media at all: its duration in the movie's time, its start in the
/// track's. An entry that starts at −1 is a pause.
fn first_edit(list: &[u8]) -> Option<(u64, u64)> {
    let wide = *list.first()? == 1;
    let entry = if wide { 20 } else { 12 };
    let read = |entry: &[u8]| match wide {
        true => Some((long(entry, 0)?, long(entry, 8)? as i64)),
        false => Some((word(entry, 0)?.into(), i64::from(word(entry, 4)? as i32))),
    };
    let entries = list.get(8..)?.chunks_exact(entry).filter_map(read);
    entries.filter_map(|(duration, start)| Some((duration, u64::try_from(start).ok()?))).next()
}

/// Ticks per second in a movie's or a track's header.
fn timescale(header: &[u8]) -> Option<f64> {
    let at = if *header.first()? == 1 { 20 } else { 12 };
    word(header, at).filter(|scale| *scale > 0).map(f64::from)
}

/// The number in a track's header.
fn number(header: &[u8]) -> Option<u32> {
    let at = if *header.first()? == 1 { 20 } else { 12 };
    word(header, at)
}

fn find<'a>(area: &'a [u8], wanted: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(area).find(|(name, _)| name == wanted).map(|(_, body)| body)
}

/// The boxes that lie side by side in an area, as far as they are whole.
fn boxes(mut area: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let name = area.get(4..8)?.try_into().ok()?;
        let (head, length) = match word(area, 0)? {
            0 => (8, area.len()),
            1 => (16, usize::try_from(long(area, 8)?).ok()?),
            length => (8, length as usize),
        };
        let body = area.get(head..length)?;
        area = &area[length..];
        Some((name, body))
    })
}

fn word(area: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(area.get(at..at + 4)?.try_into().ok()?))
}

fn long(area: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(area.get(at..at + 8)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_more_samples_than_bytes_is_noticed() {
        let run = |flags: u32, count: u32| {
            [b"\0\0\0\x14trun", &flags.to_be_bytes()[..], &count.to_be_bytes()].concat()
        };

        assert!(runs_away(&run(0, u32::MAX)));
        assert!(runs_away(&[run(1, 600_000), run(1, 600_000)].concat()));
        assert!(!runs_away(&run(0x200, u32::MAX)));
        assert!(!runs_away(&run(1, 50)));
        assert!(!runs_away(b"trun"));
    }

    #[test]
    fn a_file_that_was_cut_off_knows_how_long_it_was() {
        assert_eq!(claimed_length(b"\0\0\0\x08free\0\0\x01\0mdat"), 264);
        assert_eq!(claimed_length(b"\0\0\0\0mdat..."), 11);
        assert_eq!(claimed_length(b"\0\0\0\x01mdat\xff\xff\xff\xff\xff\xff\xff\xff"), u64::MAX);
        assert_eq!(claimed_length(b"\0\0"), 2);
    }
}
