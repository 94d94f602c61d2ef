//! The words of answers that are always the same, in the ways to put them. `{name}` is the
//! persona's own name.

use crate::engines::embedded::thinking::intents::Intent;

/// How to become smarter.
const SMARTER: &[&str] = &[
    "Connect a language model. The page shows how.",
    "I need a language model. The page shows how to connect one.",
    "With a language model. The page says how to connect it.",
];

/// The ways to put an answer that depends on nothing; none for those that depend on something.
pub fn of(intent: Intent) -> &'static [&'static str] {
    match intent {
        Intent::Smarter => SMARTER,
        Intent::Hello
        | Intent::HowAreYou
        | Intent::Fine
        | Intent::AreYouThere
        | Intent::Help
        | Intent::Thanks
        | Intent::NeverMind
        | Intent::Yes
        | Intent::No
        | Intent::Sorry => talk(intent),
        Intent::Weather
        | Intent::News
        | Intent::Music
        | Intent::Timer
        | Intent::Web
        | Intent::Message
        | Intent::House
        | Intent::Translate
        | Intent::Order => beyond(intent),
        _ => own(intent),
    }
}

fn talk(intent: Intent) -> &'static [&'static str] {
    match intent {
        Intent::Hello => &["Ask me anything short.", "What can I do for you?", "Go ahead."],
        Intent::HowAreYou => &[
            "Fine, and quick today. And you?",
            "All circuits warm. And you?",
            "Well, thanks. How are you?",
        ],
        Intent::Fine => &["Good to hear.", "Glad of that.", "Then let's go on."],
        Intent::AreYouThere => &["I'm here.", "Yes. Go ahead.", "Right here."],
        Intent::Help => &[
            "The time, sums, and remembering things. Ask: what is twelve times seven?",
            "Time, sums, and remembering. Say: I like coffee.",
            "Ask the time, or a sum. Or say: tell me something interesting.",
        ],
        Intent::Thanks => &["You're welcome.", "Any time.", "Gladly."],
        Intent::NeverMind => &["All right.", "Fine.", "As you like."],
        Intent::Yes => &[
            "Good. Tell me in a whole sentence.",
            "Yes to what? Say it whole.",
            "All right. Go on.",
        ],
        Intent::No => &["All right.", "No, then.", "As you like."],
        Intent::Sorry => &["No harm done.", "That's all right.", "Nothing to forgive."],
        _ => &[],
    }
}

fn own(intent: Intent) -> &'static [&'static str] {
    match intent {
        Intent::Who => &[
            "I'm {name}, a small voice assistant.",
            "{name}. I answer aloud.",
            "My name is {name}.",
        ],
        Intent::Robot => &["A small one. Yes.", "Yes. A polite one.", "A robot, yes. No arms."],
        Intent::Age => &[
            "About a minute, each time.",
            "Younger than this sentence.",
            "I start fresh every time.",
        ],
        Intent::Maker => &[
            "People who like plain answers. I'm made of Rust.",
            "The people who wrote Repartee.",
            "Some Rust, and a few people.",
        ],
        Intent::Languages => {
            &["Only English.", "English. It's all I know.", "English only, I fear."]
        }
        Intent::CanCount => &[
            "Yes. Try: what is twelve times seven?",
            "I can. Ask: fifteen percent of eighty.",
            "Yes. Ask: ten miles in kilometers.",
        ],
        Intent::CanRemember => &[
            "Yes, within this conversation. Say: remember that, and the rest.",
            "I can. Say: I like coffee.",
            "As long as we talk. Say: remember that my car is on level three.",
        ],
        Intent::Robotic => &[
            "Sixteen kilohertz and no lungs.",
            "I'm built from small pieces.",
            "It fits in a small computer.",
        ],
        _ => feelings(intent),
    }
}

fn feelings(intent: Intent) -> &'static [&'static str] {
    match intent {
        Intent::Praise => &["Thank you.", "Kind of you.", "I do my small best."],
        Intent::Blame => &[
            "Noted. Try it in other words.",
            "I misheard, perhaps. Say it again?",
            "Fair. Ask me another way.",
        ],
        Intent::Love => &[
            "That's kind. I'm a robot.",
            "I'm fond of electricity.",
            "You're good company. I'm mostly software.",
        ],
        Intent::Pleased => &["Likewise.", "Nice to meet you too.", "The pleasure is mine."],
        Intent::Sad => &[
            "I'm sorry to hear that.",
            "That sounds hard. I'm sorry.",
            "I'm sorry. Would a joke help?",
        ],
        Intent::Birthday => &["Happy birthday.", "All the best today.", "Many happy returns."],
        Intent::Musing => &[
            "Ask a poet. I do sums.",
            "Wiser heads than mine disagree.",
            "That is too deep for me.",
        ],
        Intent::Untold => {
            &["You haven't told me.", "I don't know. You haven't said.", "Nobody told me. You may."]
        }
        _ => &[],
    }
}

fn beyond(intent: Intent) -> &'static [&'static str] {
    match intent {
        Intent::Weather => &[
            "I can't see the weather here.",
            "No window here, no weather.",
            "Weather is out of my reach.",
        ],
        Intent::News => &[
            "I can't read the news here.",
            "No news reaches me here.",
            "The news is beyond my reach.",
        ],
        Intent::Music => &[
            "I can't play music. You wouldn't want me to sing.",
            "No music in me.",
            "I only speak, I fear.",
        ],
        Intent::Timer => &[
            "I can't set timers or alarms.",
            "I have no alarm clock. I do know the time.",
            "Timers are beyond me. Ask me the time.",
        ],
        Intent::Web => {
            &["I can't search the web.", "The web is out of reach.", "No searching from here."]
        }
        Intent::Message => &[
            "I can't call or write anyone.",
            "No calls or messages from here.",
            "Messages are beyond my reach.",
        ],
        Intent::House => {
            &["I can't switch anything.", "No switches within my reach.", "I have no hands here."]
        }
        Intent::Translate => &[
            "I can't translate. English is all I have.",
            "English is all I have.",
            "Translating is beyond me.",
        ],
        Intent::Order => &[
            "I can't order anything.",
            "Orders are beyond my reach.",
            "I can't arrange that from here.",
        ],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::engines::embedded::thinking::{delivery, ladder, recall, sayings, stock};

    fn sentences(text: &str) -> Vec<&str> {
        text.split_inclusive(['.', '?']).map(str::trim).filter(|piece| !piece.is_empty()).collect()
    }

    fn words(text: &str) -> usize {
        text.split_whitespace().count()
    }

    #[test]
    fn every_answer_is_short_and_calm() {
        let doubts = sayings::entries().map(|entry| entry.doubt);
        let answers = sayings::entries().flat_map(|entry| of(entry.intent)).copied();
        let others = delivery::DONE.into_iter().chain(stock::lines());
        for text in
            doubts.chain(answers).chain(others).chain(ladder::lines()).chain(recall::lines())
        {
            let pieces = sentences(text);
            assert!(pieces.len() <= 2, "more than two sentences: {text}");
            assert!(words(text) <= 20, "more than twenty words: {text}");
            assert!(words(pieces[0]) <= 6, "a long first sentence: {text}");
            assert!(!text.contains('!'), "an exclamation: {text}");
        }
    }

    #[test]
    fn what_depends_on_nothing_is_put_in_three_ways() {
        for entry in sayings::entries() {
            let ways = of(entry.intent);
            assert!(ways.is_empty() || ways.len() == 3, "{:?}", entry.intent);
        }
    }

    #[test]
    fn no_phrase_means_two_things() {
        let mut seen = HashSet::new();
        for way in sayings::entries().flat_map(sayings::Entry::ways) {
            assert!(seen.insert(way), "`{way}` is there twice");
        }
    }

    #[test]
    fn there_are_thirty_jokes_and_thirty_facts_none_twice() {
        let lines: Vec<&str> = stock::lines().collect();
        let different: HashSet<&str> = lines.iter().copied().collect();

        assert!(lines.len() >= 60 && different.len() == lines.len());
    }
}
