//! What a Vorbis clip would make its decoder hold, told from its setup header before it is made.
//!
//! 22 bytes of that header name a codebook for which symphonia 0.6.1 takes 150 MB, and there may be
//! 256 of them. So the codebooks are walked over as the decoder would read them, and what it would
//! hold for each is added up. Where the walk cannot go on, the decoder cannot either.

/// What the codebooks of one clip may take. Those of libvorbis take 1.6 MB for one or two channels,
/// and 4.6 MB for six.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// Behind the identification, which is as long as this, comes the setup.
const IDENTIFICATION_BYTES: usize = 30;
const IDENTIFICATION: u8 = 1;
const SETUP: &[u8] = b"\x05vorbis";
const CODEBOOK: u64 = 0x56_43_42;

/// What symphonia takes at most.
const MOST_DIMENSIONS: u64 = 32;
const MOST_ENTRIES: u64 = 128 * 1024;
const LONGEST_CODE: u64 = 32;
/// Its table of codes is made of blocks: one for the first bits of all codes, and one for each
/// beginning, of 8 bits or a multiple, that goes on.
const BLOCK_BITS: u64 = 8;
const BLOCK_BYTES: u64 = 2_304;
/// What an entry takes while its codebook is made: its code, its length, its value.
const ENTRY_BYTES: u64 = 24;

/// Whether a decoder may be made from these headers; if not, why in words.
pub(crate) fn check(headers: &[u8]) -> Result<(), String> {
    let setup = match headers.first() {
        Some(&IDENTIFICATION) => headers.get(IDENTIFICATION_BYTES..).unwrap_or_default(),
        // No container that is read here hands over any other.
        _ => return Err("its Vorbis headers are not where they belong".to_owned()),
    };
    match setup.strip_prefix(SETUP).map(|bytes| total(&mut Bits { bytes, at: 0 })) {
        Some(bytes) if bytes > MOST_BYTES => Err("its codebooks are too large".to_owned()),
        _ => Ok(()),
    }
}

/// What the codebooks take, as far as they can be read; enough to be too much is enough.
fn total(bits: &mut Bits<'_>) -> u64 {
    let Some(last) = bits.take(8) else { return 0 };
    let mut total = 0;
    for _ in 0..=last {
        match codebook(bits) {
            Some(bytes) if total <= MOST_BYTES => total += bytes,
            _ => break,
        }
    }
    total
}

/// What the next codebook takes; none if no decoder makes one of it.
fn codebook(bits: &mut Bits<'_>) -> Option<u64> {
    if bits.take(24)? != CODEBOOK {
        return None;
    }
    let (dimensions, entries) = (bits.take(16)?, bits.take(24)?);
    if !(1..=MOST_DIMENSIONS).contains(&dimensions) || entries > MOST_ENTRIES {
        return None;
    }
    let codes = codes(bits, entries)?;
    let vectors = match bits.take(4)? {
        0 => 0,
        kind => {
            skip_vectors(bits, kind, entries, dimensions)?;
            entries * dimensions * size_of::<f32>() as u64
        }
    };
    Some(entries * ENTRY_BYTES + codes.blocks() * BLOCK_BYTES + vectors)
}

/// How many codes go on behind their first 8, 16 and 24 bits, in shares of all that there could be:
/// a code of 32 bits is one share, one that is shorter by a bit is two.
#[derive(Default)]
struct Codes([u64; 3]);

impl Codes {
    fn add(&mut self, length: u64, count: u64) {
        for (shares, behind) in self.0.iter_mut().zip(1..) {
            if length > behind * BLOCK_BITS {
                *shares += count << (LONGEST_CODE - length);
            }
        }
    }

    /// All codes with one beginning have as many shares together as the beginning would have for
    /// itself: where that is not so, no table is made.
    fn blocks(&self) -> u64 {
        let shares = self.0.iter().zip(1_u64..);
        1 + shares
            .map(|(shares, behind)| shares.div_ceil(1 << (LONGEST_CODE - behind * BLOCK_BITS)))
            .sum::<u64>()
    }
}

fn codes(bits: &mut Bits<'_>, entries: u64) -> Option<Codes> {
    let mut codes = Codes::default();
    if bits.take(1)? == 1 {
        by_length(bits, entries, &mut codes)?;
        return Some(codes);
    }
    let sparse = bits.take(1)? == 1;
    for _ in 0..entries {
        if !sparse || bits.take(1)? == 1 {
            codes.add(bits.take(5)? + 1, 1);
        }
    }
    Some(codes)
}

/// Codes that come in the order of their lengths: of each length, how many there are.
fn by_length(bits: &mut Bits<'_>, entries: u64, codes: &mut Codes) -> Option<()> {
    let (mut left, mut length) = (entries, bits.take(5)? + 1);
    loop {
        let count = bits.take(u64::BITS - left.leading_zeros())?;
        if length > LONGEST_CODE {
            return None;
        }
        codes.add(length, count);
        (left, length) = (left.checked_sub(count)?, length + 1);
        if left == 0 {
            return Some(());
        }
    }
}

fn skip_vectors(bits: &mut Bits<'_>, kind: u64, entries: u64, dimensions: u64) -> Option<()> {
    bits.skip(64)?;
    let width = bits.take(4)? + 1;
    bits.skip(1)?;
    let values = match kind {
        1 => root(entries, dimensions),
        2 => entries * dimensions,
        _ => return None,
    };
    bits.skip(values * width)
}

/// The greatest number whose power is not above a number; counted as symphonia does.
fn root(number: u64, power: u64) -> u64 {
    (number as f32).powf(1.0 / power as f32).floor() as u64
}

/// Reads from the least significant bit on.
struct Bits<'a> {
    bytes: &'a [u8],
    at: u64,
}

impl Bits<'_> {
    fn take(&mut self, count: u32) -> Option<u64> {
        let mut value = 0;
        for place in 0..count {
            let byte = self.bytes.get(usize::try_from(self.at / 8).ok()?)?;
            value |= u64::from(byte >> (self.at % 8) & 1) << place;
            self.at += 1;
        }
        Some(value)
    }

    fn skip(&mut self, count: u64) -> Option<()> {
        self.at = self.at.checked_add(count)?;
        (self.at <= self.bytes.len() as u64 * 8).then_some(())
    }
}
