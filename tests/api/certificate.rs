//! A certificate that nobody but its maker believes, for a server on this computer.

use std::io::Write;

use tempfile::NamedTempFile;

/// A certificate and its key, as files that go with it.
pub struct Certificate {
    chain: NamedTempFile,
    key: NamedTempFile,
}

impl Certificate {
    pub fn new() -> Self {
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        let file = |text: String| {
            let mut file = NamedTempFile::new().unwrap();
            file.write_all(text.as_bytes()).unwrap();
            file
        };
        Self { chain: file(made.cert.pem()), key: file(made.signing_key.serialize_pem()) }
    }

    /// What makes the server use it. It has read the files once it listens.
    pub fn settings(&self) -> [(&str, &str); 2] {
        [
            ("TLS_CERT", self.chain.path().to_str().unwrap()),
            ("TLS_KEY", self.key.path().to_str().unwrap()),
        ]
    }
}
