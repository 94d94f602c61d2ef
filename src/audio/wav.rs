//! RIFF WAVE, 16 bit mono.

use crate::audio::pcm::{self, Pcm};

/// A size that says "until the end": what a header carries when it leaves before the sound.
const UNKNOWN_SIZE: u32 = u32::MAX;
const HEADER_BYTES: u32 = 44;
const BYTES_PER_SAMPLE: u16 = 2;

/// The header of a stream whose length is not known yet.
pub fn streaming_header(rate_hz: u32) -> Vec<u8> {
    header(rate_hz, UNKNOWN_SIZE, UNKNOWN_SIZE)
}

/// Where the sizes of a stream's header stand, and what to write there once the file has ended
/// with `file_bytes`; readers that do not know streams then read it too.
pub fn sizes(file_bytes: u64) -> [(u64, [u8; 4]); 2] {
    let riff_bytes = u32::try_from(file_bytes.saturating_sub(8)).unwrap_or(UNKNOWN_SIZE);
    let data_bytes = riff_bytes.saturating_sub(HEADER_BYTES - 8);
    [(4, riff_bytes.to_le_bytes()), (40, data_bytes.to_le_bytes())]
}

/// Gives the header of a stream that has ended with `file_bytes` its right sizes.
pub fn mend(header: &mut [u8], file_bytes: u64) {
    for (at, size) in sizes(file_bytes) {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        if let Some(place) = header.get_mut(at..at.saturating_add(size.len())) {
            place.copy_from_slice(&size);
        }
    }
}

/// A whole file with the right sizes.
pub fn whole(sound: &Pcm) -> Vec<u8> {
    let data_bytes = sound.samples.len() as u64 * u64::from(BYTES_PER_SAMPLE);
    // Beyond 4 GB the format has no size to give; readers then read to the end.
    let data_bytes = u32::try_from(data_bytes).unwrap_or(UNKNOWN_SIZE);
    let riff_bytes = data_bytes.saturating_add(HEADER_BYTES - 8);
    let mut file = header(sound.rate_hz, riff_bytes, data_bytes);
    file.extend(pcm::to_bytes(&sound.samples));
    file
}

fn header(rate_hz: u32, riff_bytes: u32, data_bytes: u32) -> Vec<u8> {
    let bytes_per_second = rate_hz.saturating_mul(u32::from(BYTES_PER_SAMPLE));
    let mut header = Vec::with_capacity(HEADER_BYTES as usize);
    header.extend(b"RIFF");
    header.extend(riff_bytes.to_le_bytes());
    header.extend(b"WAVEfmt ");
    header.extend(16u32.to_le_bytes());
    header.extend(1u16.to_le_bytes()); // integer samples
    header.extend(1u16.to_le_bytes()); // one channel
    header.extend(rate_hz.to_le_bytes());
    header.extend(bytes_per_second.to_le_bytes());
    header.extend(BYTES_PER_SAMPLE.to_le_bytes());
    header.extend((8 * BYTES_PER_SAMPLE).to_le_bytes());
    header.extend(b"data");
    header.extend(data_bytes.to_le_bytes());
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_that_has_ended_becomes_a_whole_file() {
        let sound = Pcm { rate_hz: 16_000, samples: vec![7; 100] };
        let mut stream = streaming_header(sound.rate_hz);
        stream.extend(pcm::to_bytes(&sound.samples));

        let bytes = stream.len() as u64;
        mend(&mut stream, bytes);

        assert_eq!(stream, whole(&sound));
    }
}
