//! The nouns of the house, one a file. No I/O, no async.

pub mod api_key;
pub mod conversation;
pub mod delivery;
pub mod hours;
pub mod language;
pub mod message;
pub mod money;
pub mod number_words;
pub mod owner;
pub mod persona;
pub mod plain_words;
pub mod prices;
pub mod turn;
pub mod voice;
pub mod word_errors;
