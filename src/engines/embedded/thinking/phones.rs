//! The sounds of English, as the pronunciation dictionary writes them, with the distance between two strings of them.

/// One sound, by its place in [`NAMES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phone(u8);

/// Vowels come first: [`VOWELS`] of them.
const NAMES: [&str; 39] = [
    "AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW", "B",
    "D", "G", "K", "P", "T", "CH", "DH", "F", "HH", "JH", "S", "SH", "TH", "V", "Z", "ZH", "M",
    "N", "NG", "L", "R", "W", "Y",
];
const VOWELS: u8 = 15;
const STOPS_END: u8 = 21;
const HISSES_END: u8 = 32;
const NASALS_END: u8 = 35;

/// What an exchange, a gap or a surplus of one sound costs, by weight; inside a class, half of it.
const WHOLE: u32 = 4;
const HALF: u32 = 2;

impl Phone {
    /// The phone of that name, stress marks aside.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.trim_end_matches(|mark: char| mark.is_ascii_digit());
        let place = NAMES.iter().position(|known| *known == name)?;
        u8::try_from(place).ok().map(Self)
    }

    /// Vowels, stops, hisses, nasals and glides are easily taken for one of their own kind.
    fn class(self) -> u8 {
        match self.0 {
            place if place < VOWELS => 0,
            place if place < STOPS_END => 1,
            place if place < HISSES_END => 2,
            place if place < NASALS_END => 3,
            _ => 4,
        }
    }
}

/// A phone in a word that carries much or little of the meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sound {
    /// Which.
    pub phone: Phone,
    /// 2 in a word like "the" and "is", 3 in any other.
    pub weight: u32,
}

impl Sound {
    fn exchange(self, other: Self) -> u32 {
        if self.phone == other.phone {
            return 0;
        }
        let cost = if self.phone.class() == other.phone.class() { HALF } else { WHOLE };
        cost * (self.weight + other.weight) / 2
    }

    fn gap(self) -> u32 {
        self.weight * WHOLE
    }
}

/// How far apart two strings of sounds are: 0 is the same, 1 has nothing in common.
/// Gives up with none as soon as the distance must exceed `limit`.
pub fn distance(heard: &[Sound], meant: &[Sound], limit: f32) -> Option<f32> {
    let (heard_weight, meant_weight) = (weight(heard), weight(meant));
    let heaviest = heard_weight.max(meant_weight);
    let allowed = limit * heaviest;
    if heaviest == 0.0 || heaviest - heard_weight.min(meant_weight) > allowed {
        return None;
    }
    let mut row = gaps(meant);
    for sound in heard {
        let start = row[0] + sound.gap();
        let cheapest = advance(&mut row, *sound, meant, start);
        if cheapest as f32 > allowed {
            return None;
        }
    }
    let cost = row[meant.len()] as f32;
    (cost <= allowed).then(|| cost / heaviest)
}

/// The nearest that any stretch of `heard` comes to `meant`, by the weight of `meant`.
pub fn nearest_stretch(heard: &[Sound], meant: &[Sound]) -> f32 {
    if meant.is_empty() {
        return 1.0;
    }
    let mut row = gaps(meant);
    let mut best = row[meant.len()];
    for sound in heard {
        advance(&mut row, *sound, meant, 0);
        best = best.min(row[meant.len()]);
    }
    best as f32 / weight(meant)
}

fn weight(sounds: &[Sound]) -> f32 {
    sounds.iter().map(|sound| sound.gap()).sum::<u32>() as f32
}

/// The first line of the table: everything that was meant is missing.
fn gaps(meant: &[Sound]) -> Vec<u32> {
    let mut missing = 0;
    let rest = meant.iter().map(|sound| {
        missing += sound.gap();
        missing
    });
    [0].into_iter().chain(rest).collect()
}

/// One more line of the table of distances, which begins with `start`.
fn advance(row: &mut [u32], sound: Sound, meant: &[Sound], start: u32) -> u32 {
    let mut diagonal = row[0];
    row[0] = start;
    let mut cheapest = start;
    for (column, other) in meant.iter().enumerate() {
        let exchanged = diagonal + sound.exchange(*other);
        diagonal = row[column + 1];
        row[column + 1] = exchanged.min(diagonal + sound.gap()).min(row[column] + other.gap());
        cheapest = cheapest.min(row[column + 1]);
    }
    cheapest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phones(text: &str) -> Vec<Sound> {
        let phones = text.split(' ').map(|name| Phone::named(name).unwrap());
        phones.map(|phone| Sound { phone, weight: 3 }).collect()
    }

    #[test]
    fn a_word_that_carries_little_counts_less() {
        let joke = phones("DH AH JH OW K");
        let light = |sound: &Sound| Sound { weight: 2, ..*sound };
        let article: Vec<Sound> = joke[..2].iter().map(light).chain(joke[2..].to_vec()).collect();

        let missing = distance(&joke[2..], &article, 1.0).unwrap();
        assert!((missing - 4.0 / 13.0).abs() < 1e-6, "{missing}");
    }

    #[test]
    fn the_same_sounds_are_no_distance_apart() {
        let joke = phones("JH OW K");

        assert_eq!(distance(&joke, &joke, 1.0), Some(0.0));
    }

    #[test]
    fn a_sound_of_the_same_class_costs_half() {
        let near = distance(&phones("JH OW K"), &phones("JH AA K"), 1.0).unwrap();
        let far = distance(&phones("JH OW K"), &phones("JH OW M"), 1.0).unwrap();

        assert!((near - 1.0 / 6.0).abs() < 1e-6 && (far - 1.0 / 3.0).abs() < 1e-6);
    }

    #[test]
    fn what_is_too_far_is_given_up() {
        assert_eq!(distance(&phones("JH OW K"), &phones("JH OW M"), 0.3), None);
        assert_eq!(distance(&phones("JH"), &phones("JH OW K T"), 0.4), None);
        assert_eq!(distance(&[], &[], 1.0), None);
    }

    #[test]
    fn endless_speech_is_weighed_without_harm() {
        let joke = phones("JH OW K");
        let endless = joke.repeat(10_000);

        assert_eq!(distance(&endless, &joke, 0.9), None);
        assert_eq!(distance(&endless, &joke.repeat(9_000), 0.05), None);
        assert!(nearest_stretch(&endless, &joke) < 1e-6);
    }

    #[test]
    fn a_word_is_found_inside_a_sentence() {
        let sentence = phones("DH AH HH EH R K AH T S");

        assert!(nearest_stretch(&sentence, &phones("HH EH R K AH T")) < 1e-6);
        assert!(nearest_stretch(&sentence, &phones("JH OW K")) > 0.3);
    }
}
