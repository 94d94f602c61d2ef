//! One voice turn as a stream of events: hear, think, speak, overlapped.
//! Knows no vendor, no database, no HTTP and no phone.

pub mod engine;
pub mod error;
pub mod event;
pub mod receipt;
