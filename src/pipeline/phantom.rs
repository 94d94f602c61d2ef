//! What speech models write when nobody speaks: the last words of the videos they learnt from.

/// Heard in silence, hum and breath, in letters only.
const PHANTOMS: [&str; 34] = [
    "bye",
    "bye bye",
    "don't forget to like and subscribe",
    "i'll see you in the next video",
    "like and subscribe",
    "okay",
    "please like and subscribe",
    "please subscribe",
    "please subscribe to my channel",
    "see you in the next video",
    "see you next time",
    "so",
    "subscribe to my channel",
    "subtitles by the amara org community",
    "thank you",
    "thank you bye",
    "thank you for listening",
    "thank you for watching",
    "thank you so much",
    "thank you so much for watching",
    "thank you very much",
    "thanks",
    "thanks for listening",
    "thanks for watching",
    "the end",
    "you",
    "amara org",
    "gracias",
    "gracias por ver el video",
    "merci d'avoir regardé cette vidéo",
    "sous titres réalisés par la communauté d'amara org",
    "untertitel der amara org community",
    "vielen dank fürs zuschauen",
    "ご視聴ありがとうございました",
];

/// The least time in which a person can say these words, in seconds; none if they are words that
/// only people say.
pub(super) fn least_seconds(transcript: &str) -> Option<f64> {
    let words = plain(transcript);
    PHANTOMS.contains(&words.as_str()).then(|| words.chars().count() as f64 / 30.0)
}

/// The words without punctuation, in small letters.
fn plain(text: &str) -> String {
    let letters = text.chars().flat_map(char::to_lowercase);
    let letters = letters.map(|letter| match letter {
        '’' => '\'',
        letter if letter.is_alphanumeric() || letter == '\'' => letter,
        _ => ' ',
    });
    letters.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phantoms_are_known_however_they_are_written() {
        assert!(least_seconds(" Thank you for watching! ").is_some());
        assert!(least_seconds("Subtitles by the Amara.org community").is_some());
        assert!(least_seconds("Thank you for watching my dog.").is_none());
    }

    #[test]
    fn what_takes_longer_to_say_needs_more_speech() {
        assert!(least_seconds("Thank you for watching") > least_seconds("Thank you"));
    }
}
