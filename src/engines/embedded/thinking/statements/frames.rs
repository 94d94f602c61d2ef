//! The words with which people state something of themselves.

/// Words before a name.
pub const NAME: &[&str] = &[
    "my name is",
    "my names",
    "you can call me",
    "you may call me",
    "please call me",
    "call me",
    "i am called",
    "people call me",
    "everybody calls me",
];
/// Words before what is liked.
pub const LIKES: &[&str] = &[
    "i really like",
    "i also like",
    "i like",
    "i really love",
    "i also love",
    "i love",
    "i enjoy",
    "i am fond of",
];
/// Words before what is not.
pub const DISLIKES: &[&str] =
    &["i do not like", "i really do not like", "i hate", "i dislike", "i can not stand"];
/// Words before a statement that takes another's place.
pub const CORRECTIONS: &[&str] = &["actually", "no", "sorry", "wait", "rather"];
/// Words before what is to be remembered.
pub const REMEMBER: &[&str] = &[
    "remember that",
    "can you remember",
    "please note that",
    "please remember that",
    "please remember",
    "can you remember that",
    "could you remember that",
    "can you please remember that",
    "i want you to remember that",
    "do not forget that",
    "keep in mind that",
    "make a note that",
    "take a note that",
    "note that",
    "remember",
];
/// Statements worth keeping although nobody asked.
pub const KEPT: &[&str] = &[
    "my favorite",
    "my favourite",
    "my birthday is",
    "i live in",
    "i come from",
    "i am from",
    "i was born",
    "i work as",
    "i work in",
    "i work at",
    "i work for",
    "i parked",
];
/// "Call me" is not a name before these.
pub const NO_NAME: &[&str] = &[
    "a", "an", "the", "back", "later", "when", "tomorrow", "if", "at", "on", "in", "maybe", "not",
    "what", "crazy", "and", "is", "for", "now", "again", "that", "this", "it", "you", "tonight",
];
/// "I'm" is not followed by a name in these, though they have a capital.
pub const NO_PERSON: &[&str] = &[
    "african",
    "american",
    "asian",
    "australian",
    "austrian",
    "british",
    "canadian",
    "chinese",
    "danish",
    "dutch",
    "english",
    "european",
    "french",
    "german",
    "greek",
    "indian",
    "irish",
    "italian",
    "japanese",
    "jewish",
    "korean",
    "mexican",
    "muslim",
    "norwegian",
    "pakistani",
    "polish",
    "russian",
    "scottish",
    "spanish",
    "swedish",
    "swiss",
    "turkish",
    "ukrainian",
    "welsh",
    "christian",
    "catholic",
    "hindu",
    "ok",
    "tv",
    "monday",
    "friday",
];
