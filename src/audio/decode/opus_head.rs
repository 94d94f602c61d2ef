//! What an Opus clip says of itself, and what each of its packets does.

use crate::audio::clip::Container;

/// The rate at which Opus counts, whatever it is decoded at.
pub(crate) const OPUS_RATE_HZ: u32 = 48_000;
/// 120 ms: RFC 7845 asks for no more, and encoders take 312 to 3,840.
const LARGEST_PLAUSIBLE_SKIP: u16 = 5_760;
/// Fixed part of the header: magic, version, channels, skip, rate, gain, mapping family.
const FIXED_LENGTH: usize = 19;

/// The identification header.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct OpusHead {
    /// Channels of the original.
    pub(crate) channels: u8,
    /// Streams in each packet, a stereo pair being one.
    pub(crate) streams: u8,
    /// Samples at 48 kHz to drop from the beginning.
    pub(crate) skip: u16,
    /// What to multiply every sample with.
    pub(crate) gain: f32,
}

impl OpusHead {
    /// Reads the header as symphonia hands it over. Without one the stream is mono or stereo,
    /// which the packets tell themselves, and nothing is known to be skipped.
    pub(crate) fn read(header: Option<&[u8]>, container: Container) -> Self {
        header.and_then(|header| Self::parse(header, container)).unwrap_or(Self {
            channels: 1,
            streams: 1,
            skip: 0,
            gain: 1.0,
        })
    }

    fn parse(header: &[u8], container: Container) -> Option<Self> {
        if header.len() < FIXED_LENGTH || !header.starts_with(b"OpusHead") {
            return None;
        }
        let family = header[18];
        let streams = if family == 0 { 1 } else { *header.get(FIXED_LENGTH)? };
        let pair = |at: usize| [header[at], header[at + 1]];
        let (little, big) = (u16::from_le_bytes(pair(10)), u16::from_be_bytes(pair(10)));
        // MP4 writes its copy big-endian, and symphonia 0.6.1 hands it over as it is.
        let swapped = container == Container::Mp4 && big <= LARGEST_PLAUSIBLE_SKIP;
        let gain =
            if swapped { i16::from_be_bytes(pair(16)) } else { i16::from_le_bytes(pair(16)) };
        Some(Self {
            channels: header[9],
            streams,
            skip: if swapped { big } else { little },
            gain: 10_f32.powf(f32::from(gain) / (20.0 * 256.0)),
        })
    }
}

/// How long a packet lasts in samples at 48 kHz, from its first two bytes (RFC 6716, 3.1).
pub(crate) fn packet_samples(packet: &[u8]) -> u32 {
    let Some(first) = packet.first() else { return 0 };
    let frames = match first & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => packet.get(1).map_or(0, |second| u32::from(second & 63)),
    };
    let frame = match first >> 3 {
        silk @ 0..12 => [480, 960, 1_920, 2_880][usize::from(silk & 3)],
        hybrid @ 12..16 => [480, 960][usize::from(hybrid & 1)],
        celt => [120, 240, 480, 960][usize::from(celt & 3)],
    };
    (frames * frame).min(LARGEST_PLAUSIBLE_SKIP.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(skip: [u8; 2]) -> Vec<u8> {
        let mut header = b"OpusHead\x01\x02".to_vec();
        header.extend(skip);
        header.extend([0x80, 0xbb, 0, 0, 0, 0, 0]);
        header
    }

    #[test]
    fn the_skip_is_read_in_the_containers_byte_order() {
        let read = |skip, container| OpusHead::read(Some(&header(skip)), container).skip;

        assert_eq!(read([0x38, 0x01], Container::WebM), 312);
        assert_eq!(read([0x01, 0x38], Container::Mp4), 312);
        assert_eq!(read([0x0f, 0x00], Container::Mp4), 3_840);
        assert_eq!(read([0x38, 0x7f], Container::Mp4), 0x7f38);
    }

    #[test]
    fn a_damaged_header_is_as_good_as_none() {
        let none = OpusHead::read(None, Container::Ogg);

        assert_eq!(OpusHead::read(Some(b"OpusHead\x01"), Container::Ogg), none);
        assert_eq!((none.streams, none.skip, none.gain), (1, 0, 1.0));
    }

    #[test]
    fn packets_tell_how_long_they_last() {
        assert_eq!(packet_samples(&[0b0111_1000]), 960);
        assert_eq!(packet_samples(&[0b0000_1001]), 2 * 960);
        assert_eq!(packet_samples(&[0b1111_1011, 3]), 3 * 960);
        assert_eq!(packet_samples(&[0b1111_1011, 63]), 5_760);
        assert_eq!(packet_samples(&[]), 0);
    }
}
