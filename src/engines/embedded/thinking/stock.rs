//! Jokes and curious facts, none told twice in a conversation.

const JOKES: &str = include_str!("../../../../assets/jokes.txt");
const FACTS: &str = include_str!("../../../../assets/facts.txt");

/// A joke that is not among those told, chosen by `chance`; none when all were told.
pub fn joke(told: &[usize], chance: u64) -> Option<&'static str> {
    fresh(JOKES, told, chance)
}

/// A fact that is not among those told.
pub fn fact(told: &[usize], chance: u64) -> Option<&'static str> {
    fresh(FACTS, told, chance)
}

/// The number of the joke that a text tells.
pub fn joke_in(text: &str) -> Option<usize> {
    JOKES.lines().position(|line| text.contains(line))
}

/// The number of the fact that a text tells.
pub fn fact_in(text: &str) -> Option<usize> {
    FACTS.lines().position(|line| text.contains(line))
}

fn fresh(stock: &'static str, told: &[usize], chance: u64) -> Option<&'static str> {
    let left: Vec<&str> = stock
        .lines()
        .enumerate()
        .filter(|(number, _)| !told.contains(number))
        .map(|(_, line)| line)
        .collect();
    let count = u64::try_from(left.len()).ok().filter(|count| *count > 0)?;
    left.get(usize::try_from(chance % count).ok()?).copied()
}

/// All of them, for the test of lengths.
#[cfg(test)]
pub fn lines() -> impl Iterator<Item = &'static str> {
    JOKES.lines().chain(FACTS.lines())
}
