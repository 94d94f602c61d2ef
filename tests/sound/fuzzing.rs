//! The fuzz targets on stable: over their corpora, and over generated input that is the same each
//! time.

#[path = "../../fuzz/bodies.rs"]
mod bodies;

use std::fs;
use std::panic;
use std::path::Path;
use std::sync::Once;

use crate::memory::with_peak;
use crate::workshop::Dice;

/// Mutants of each target: some seconds in all.
const MUTANTS: usize = 400;
/// What any of them may take, however much it asks for.
const MOST_BYTES: usize = 64 << 20;

/// The files that a target starts from, the smallest first.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut files: Vec<Vec<u8>> =
        entries.map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect();
    files.sort_by(|one, other| (one.len(), one).cmp(&(other.len(), other)));
    assert!(!files.is_empty(), "{folder:?} has no seeds");
    files
}

/// A file with some damage: bytes changed, numbers made extreme, pieces cut out, doubled or moved.
fn mutant(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut file = seeds[dice.below(seeds.len())].clone();
    for _ in 0..=dice.below(6) {
        // Most of what can go wrong is decided by the head.
        let reach = if dice.below(3) == 0 { file.len() } else { file.len().min(200) };
        let (at, length) = (dice.below(reach), 1 + dice.below(32));
        let end = file.len().min(at + length);
        match dice.below(7) {
            0 => file[at..end].fill_with(|| dice.roll() as u8),
            1 => file[at..end].fill(0xff),
            2 => file[at..end].fill(0),
            3 => drop(file.drain(at..end)),
            4 => file.truncate(at.max(1)),
            5 => file.splice(at..at, seeds[0].iter().copied().take(64)).for_each(drop),
            _ => file.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << dice.below(8)),
        }
        if file.is_empty() {
            return file;
        }
    }
    file
}

/// Where a decoder panicked tells whose flaw it is.
fn note_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            bodies::note_panic(info);
            before(info);
        }));
    });
}

/// Runs a target over its corpus and over mutants of it.
fn replay(target: &str) {
    note_panics();
    let (_, body) = bodies::TARGETS.iter().find(|(name, _)| *name == target).unwrap();
    let seeds = corpus(target);
    let body = |input: &[u8]| {
        let ((), peak) = with_peak(|| body(input));
        assert!(peak <= MOST_BYTES, "{peak} bytes were taken for {}", input.escape_ascii());
    };
    seeds.iter().for_each(|seed| body(seed));
    let mut dice = Dice(target.len() as u64);
    let small = &seeds[..seeds.len().div_ceil(2)];
    (0..MUTANTS).for_each(|_| body(&mutant(small, &mut dice)));
}

#[test]
fn the_sniffer_survives_anything() {
    replay("sniff");
}

#[test]
fn webm_survives_anything() {
    replay("decode_webm");
}

#[test]
fn ogg_survives_anything() {
    replay("decode_ogg");
}

#[test]
fn mp4_survives_anything() {
    replay("decode_mp4");
}

#[test]
fn wav_survives_anything() {
    replay("decode_wav");
}

#[test]
fn mp3_survives_anything() {
    replay("decode_mp3");
}

#[test]
fn flac_survives_anything() {
    replay("decode_flac");
}

#[test]
fn hearing_survives_anything() {
    replay("hearing");
}

#[test]
fn sentences_survive_anything() {
    replay("sentences");
}

#[test]
fn the_splicer_survives_anything() {
    replay("splice");
}

#[test]
fn events_survive_anything() {
    replay("events");
}

#[test]
fn every_corpus_has_its_target() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let known = bodies::TARGETS.iter().any(|(target, _)| *target == name);
        assert!(known, "{name} is replayed by nobody");
    }
}
