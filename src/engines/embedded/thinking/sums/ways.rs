//! The words in which sums are said.

use crate::engines::embedded::thinking::sums::{Deed, Join};

/// Words before a sum that are no part of it.
pub const FRAME: &[&str] = &[
    "what",
    "is",
    "how",
    "much",
    "many",
    "calculate",
    "compute",
    "tell",
    "me",
    "can",
    "you",
    "work",
    "out",
    "solve",
    "do",
    "know",
    "the",
    "result",
    "of",
    "answer",
    "to",
    "please",
    "could",
    "are",
    "does",
    "make",
    "makes",
    "value",
    "and",
    "so",
];
/// Words behind it.
pub const TAIL: &[&str] =
    &["please", "equal", "equals", "make", "makes", "is", "be", "for", "me", "to", "now"];

/// Ways to say each join.
pub const JOINS: &[(&[&str], Join)] = &[
    (&["plus"], Join::Plus),
    (&["added", "to"], Join::Plus),
    (&["minus"], Join::Minus),
    (&["less"], Join::Minus),
    (&["take", "away"], Join::Minus),
    (&["times"], Join::Times),
    (&["time"], Join::Times),
    (&["x"], Join::Times),
    (&["multiplied", "by"], Join::Times),
    (&["multiply", "by"], Join::Times),
    (&["divided", "by"], Join::Over),
    (&["divide", "by"], Join::Over),
    (&["over"], Join::Over),
    (&["mod"], Join::Modulo),
    (&["modulo"], Join::Modulo),
    (&["to", "the", "power", "of"], Join::Power),
    (&["to", "power", "of"], Join::Power),
    (&["raised", "to"], Join::Power),
];

/// Ways to say what is done to the sum that follows.
pub const DEEDS: &[(&[&str], Deed)] = &[
    (&["square", "root", "of"], Deed::SquareRoot),
    (&["square", "root"], Deed::SquareRoot),
    (&["root", "of"], Deed::SquareRoot),
    (&["cube", "root", "of"], Deed::CubeRoot),
    (&["half", "of"], Deed::Half),
    (&["third", "of"], Deed::Third),
    (&["quarter", "of"], Deed::Quarter),
    (&["double"], Deed::Double),
    (&["twice"], Deed::Double),
];

/// Sums that begin with the verb: the verb, the word between, the join, and whether the parts
/// stand in the other order.
pub const VERBS: &[(&str, &str, Join, Order)] = &[
    ("add", "and", Join::Plus, Order::Kept),
    ("add", "to", Join::Plus, Order::Kept),
    ("subtract", "from", Join::Minus, Order::Turned),
    ("take", "from", Join::Minus, Order::Turned),
    ("multiply", "by", Join::Times, Order::Kept),
    ("multiply", "and", Join::Times, Order::Kept),
    ("multiply", "with", Join::Times, Order::Kept),
    ("divide", "by", Join::Over, Order::Kept),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Kept,
    Turned,
}

/// What may stand behind a number.
pub const BEHIND: [&[&str]; 5] =
    [&["percent", "of"], &["percent"], &["squared"], &["cubed"], &["factorial"]];
