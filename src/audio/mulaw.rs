//! G.711: the eight-bit µ-law and A-law that telephones speak.

use audio_codec_algorithms::{decode_alaw, decode_ulaw, encode_alaw, encode_ulaw};

/// Samples as µ-law, a byte each.
pub fn to_mulaw(samples: &[i16]) -> Vec<u8> {
    samples.iter().copied().map(encode_ulaw).collect()
}

/// µ-law bytes as samples.
pub fn from_mulaw(bytes: &[u8]) -> Vec<i16> {
    bytes.iter().copied().map(decode_ulaw).collect()
}

/// Samples as A-law, a byte each.
pub fn to_alaw(samples: &[i16]) -> Vec<u8> {
    samples.iter().copied().map(encode_alaw).collect()
}

/// A-law bytes as samples.
pub fn from_alaw(bytes: &[u8]) -> Vec<i16> {
    bytes.iter().copied().map(decode_alaw).collect()
}

#[cfg(test)]
mod tests {
    use super::{from_alaw, from_mulaw, to_alaw, to_mulaw};

    /// Negative zero is a µ-law byte of its own that no sample is encoded as.
    const NEGATIVE_ZERO: u8 = 0x7f;

    #[test]
    fn every_mulaw_byte_comes_back_as_itself() {
        for byte in 0..=u8::MAX {
            let expected = if byte == NEGATIVE_ZERO { 0xff } else { byte };
            assert_eq!(to_mulaw(&from_mulaw(&[byte])), [expected], "byte {byte:#04x}");
        }
    }

    #[test]
    fn every_alaw_byte_comes_back_as_itself() {
        for byte in 0..=u8::MAX {
            assert_eq!(to_alaw(&from_alaw(&[byte])), [byte], "byte {byte:#04x}");
        }
    }

    #[test]
    fn every_sample_comes_back_within_its_step() {
        for sample in i16::MIN..=i16::MAX {
            let allowed = i32::from(sample).abs() / 16 + 16;
            let mulaw = from_mulaw(&to_mulaw(&[sample]))[0];
            let alaw = from_alaw(&to_alaw(&[sample]))[0];
            assert!((i32::from(mulaw) - i32::from(sample)).abs() <= allowed, "µ-law of {sample}");
            assert!((i32::from(alaw) - i32::from(sample)).abs() <= allowed, "A-law of {sample}");
        }
    }

    #[test]
    fn known_values_of_the_standard_hold() {
        assert_eq!(to_mulaw(&[0, 32_635, -32_635]), [0xff, 0x80, 0x00]);
        assert_eq!(to_alaw(&[0, 32_767, -32_768]), [0xd5, 0xaa, 0x2a]);
    }
}
