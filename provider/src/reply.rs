//! What a provider answers, token by token.

/// The pieces of one answer. `{n}` in a token becomes the number of the request, from 1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// The text, in the pieces that it is sent in.
    pub tokens: Vec<String>,
    /// What it wants called after the text.
    pub tool_calls: Vec<ToolCall>,
    /// Whether it ends because it became too long.
    pub cut_short: bool,
}

/// A function that a reply wants called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolCall {
    /// Which call the result belongs to.
    pub id: String,
    /// The function.
    pub name: String,
    /// Its arguments, JSON in the pieces that it is sent in.
    pub arguments: Vec<String>,
}

const WORDS: [&str; 16] = [
    "river", "stone", "meadow", "lantern", "winter", "harbour", "silver", "garden", "morning",
    "copper", "forest", "window", "candle", "bridge", "summer", "orchard",
];

impl Reply {
    /// Exactly these tokens.
    pub fn tokens(tokens: Vec<String>) -> Self {
        Self { tokens, ..Self::default() }
    }

    /// A token for each word; the space goes with the word after it.
    pub fn text(text: &str) -> Self {
        let mut tokens: Vec<String> = Vec::new();
        let mut in_word = true;
        for letter in text.chars() {
            let begins = letter.is_whitespace() && in_word;
            in_word = !letter.is_whitespace();
            match tokens.last_mut().filter(|_| !begins) {
                Some(token) => token.push(letter),
                None => tokens.push(letter.to_string()),
            }
        }
        Self::tokens(tokens)
    }

    /// So many tokens in so many sentences, which differ from request to request. A sentence has
    /// a token at least.
    pub fn sentences(count: usize, tokens_total: usize) -> Self {
        let count = count.clamp(1, tokens_total.max(1));
        let mut tokens = Vec::with_capacity(tokens_total);
        for sentence in 0..count {
            let length = tokens_total / count + usize::from(sentence < tokens_total % count);
            for place in 0..length {
                tokens.push(word(sentence, place, length));
            }
        }
        if let Some(first) = tokens.first_mut() {
            *first = first.trim_start().to_owned();
        }
        Self::tokens(tokens)
    }

    /// The same, but it ends because it became too long.
    pub fn cut_short(mut self) -> Self {
        self.cut_short = true;
        self
    }

    /// The same, and then it wants a function called.
    pub fn calling(mut self, id: &str, name: &str, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|&piece| piece.to_owned()).collect();
        self.tool_calls.push(ToolCall { id: id.to_owned(), name: name.to_owned(), arguments });
        self
    }
}

fn word(sentence: usize, place: usize, length: usize) -> String {
    let word = WORDS[(sentence * 5 + place) % WORDS.len()];
    let stop = if place + 1 == length { "." } else { "" };
    match place {
        0 => format!(" {}{}{stop}", word[..1].to_uppercase(), &word[1..]),
        1 if length > 2 => " {n}".to_owned(),
        _ => format!(" {word}{stop}"),
    }
}
