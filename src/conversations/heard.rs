//! What a listener has heard of an answer that was broken off.

use crate::store::SpokenSentence;

/// A sentence that ends this soon after the listener left was heard.
const NEARLY_MS: u64 = 150;

/// The part of the reply that was heard when its sound had been played so long: whole sentences,
/// and of the one that was being said, as many words as there was time for.
pub(super) fn heard(reply: &str, sentences: &[SpokenSentence], played_ms: u64) -> String {
    let (mut from, mut from_ms) = (0, 0);
    for sentence in sentences {
        let to = usize::try_from(sentence.text_to).unwrap_or(usize::MAX).min(reply.len());
        if sentence.end_ms > played_ms.saturating_add(NEARLY_MS) {
            let begun = reply.get(from..to).unwrap_or_default();
            let share = share(played_ms, from_ms, sentence.end_ms);
            let words = first_words(begun, share);
            let whole = reply.get(..from).unwrap_or_default();
            return format!("{whole}{words}").trim().to_owned();
        }
        (from, from_ms) = (to, sentence.end_ms);
    }
    reply.get(..from).unwrap_or_default().trim().to_owned()
}

/// How much of the time between these moments has passed, from 0 to 1.
fn share(now_ms: u64, from_ms: u64, to_ms: u64) -> f64 {
    let length = to_ms.saturating_sub(from_ms).max(1);
    now_ms.saturating_sub(from_ms) as f64 / length as f64
}

/// As many whole words as fit the share, with a mark that there were more.
fn first_words(sentence: &str, share: f64) -> String {
    let letters = (sentence.chars().count() as f64 * share.clamp(0.0, 1.0)) as usize;
    let cut: String = sentence.chars().take(letters).collect();
    let whole = cut.rfind(char::is_whitespace).map_or("", |at| &cut[..at]);
    if whole.trim().is_empty() { String::new() } else { format!("{} …", whole.trim_end()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPLY: &str = "It is one. It is two o'clock now. It is three.";

    fn sentences() -> Vec<SpokenSentence> {
        [(10, 1_000), (33, 3_000), (46, 4_000)]
            .map(|(text_to, end_ms)| SpokenSentence { text_to, end_ms })
            .to_vec()
    }

    #[test]
    fn what_was_played_to_its_end_was_heard() {
        assert_eq!(heard(REPLY, &sentences(), 1_000), "It is one.");
        assert_eq!(heard(REPLY, &sentences(), 900), "It is one.");
        assert_eq!(heard(REPLY, &sentences(), 9_000), REPLY);
    }

    #[test]
    fn of_the_sentence_that_was_being_said_the_first_words_were_heard() {
        assert_eq!(heard(REPLY, &sentences(), 2_000), "It is one. It is two …");
    }

    #[test]
    fn of_nothing_played_nothing_was_heard() {
        assert_eq!(heard(REPLY, &sentences(), 0), "");
        assert_eq!(heard(REPLY, &[], 5_000), "");
    }

    #[test]
    fn letters_of_many_bytes_are_not_torn() {
        let reply = "नमस्ते दुनिया आप कैसे हैं";
        let all = [SpokenSentence { text_to: reply.len() as u64, end_ms: 1_000 }];
        for played_ms in 0..1_200 {
            heard(reply, &all, played_ms);
        }
    }
}
