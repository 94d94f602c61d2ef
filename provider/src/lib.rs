//! Plays an OpenAI-compatible server, for tests, benches and a demo.
