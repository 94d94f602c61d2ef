//! The provider, asked as a client that sees every byte.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

mod asking;
mod calls;
mod early_faults;
mod hearing;
mod late_faults;
mod life;
mod models;
mod money;
mod raw;
mod replies;
mod speaking;
mod thinking;
