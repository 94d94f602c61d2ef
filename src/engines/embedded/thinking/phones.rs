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

/// What an exchange, a gap or a surplus of one sound costs; inside a class, half of it.
const WHOLE: u16 = 2;
const HALF: u16 = 1;

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

    fn exchange(self, other: Self) -> u16 {
        if self == other {
            return 0;
        }
        if self.class() == other.class() { HALF } else { WHOLE }
    }
}

/// How far apart two strings of phones are: 0 is the same, 1 has nothing in common.
/// Gives up with none as soon as the distance must exceed `limit`.
pub fn distance(heard: &[Phone], meant: &[Phone], limit: f32) -> Option<f32> {
    let longest = heard.len().max(meant.len());
    let allowed = limit * f32::from(WHOLE) * longest as f32;
    let surplus = longest - heard.len().min(meant.len());
    if longest == 0 || f32::from(WHOLE) * surplus as f32 > allowed {
        return None;
    }
    let mut row: Vec<u16> = (0..=meant.len()).map(|column| column as u16 * WHOLE).collect();
    for (line, sound) in heard.iter().enumerate() {
        let cheapest = advance(&mut row, *sound, meant, line as u16 + 1);
        if f32::from(cheapest) > allowed {
            return None;
        }
    }
    let cost = f32::from(row[meant.len()]);
    (cost <= allowed).then(|| cost / (f32::from(WHOLE) * longest as f32))
}

/// The nearest that any stretch of `heard` comes to `meant`, by the length of `meant`.
pub fn nearest_stretch(heard: &[Phone], meant: &[Phone]) -> f32 {
    if meant.is_empty() {
        return 1.0;
    }
    let mut row: Vec<u16> = (0..=meant.len()).map(|column| column as u16 * WHOLE).collect();
    let mut best = row[meant.len()];
    for sound in heard {
        row[0] = 0;
        advance(&mut row, *sound, meant, 0);
        best = best.min(row[meant.len()]);
    }
    f32::from(best) / (f32::from(WHOLE) * meant.len() as f32)
}

/// One line of the table of distances; `line` is where it begins, in whole costs.
fn advance(row: &mut [u16], sound: Phone, meant: &[Phone], line: u16) -> u16 {
    let mut diagonal = row[0];
    row[0] = line * WHOLE;
    let mut cheapest = row[0];
    for (column, other) in meant.iter().enumerate() {
        let exchanged = diagonal + sound.exchange(*other);
        diagonal = row[column + 1];
        row[column + 1] = exchanged.min(diagonal + WHOLE).min(row[column] + WHOLE);
        cheapest = cheapest.min(row[column + 1]);
    }
    cheapest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phones(text: &str) -> Vec<Phone> {
        text.split(' ').map(|name| Phone::named(name).unwrap()).collect()
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
    fn a_word_is_found_inside_a_sentence() {
        let sentence = phones("DH AH HH EH R K AH T S");

        assert!(nearest_stretch(&sentence, &phones("HH EH R K AH T")) < 1e-6);
        assert!(nearest_stretch(&sentence, &phones("JH OW K")) > 0.3);
    }
}
