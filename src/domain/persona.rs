//! Who is speaking: a name, a manner and what it knows.
