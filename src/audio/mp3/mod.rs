//! MPEG audio layer III: from samples to frames, from many pieces to one stream.

pub mod cut;
pub mod encode;
pub mod frame;
pub mod joint;
pub mod read;
pub mod splice;

pub use encode::Encoder;
pub use read::Reader;
pub use splice::Splicer;
