//! The secrets that a first start makes, in the data folder, for its owner's eyes only.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use crate::domain::api_key::Secret;
use crate::settings::Settings;

/// What signs cookies, and what lets its holder administer.
pub struct Secrets {
    /// Signs cookies.
    pub cookies: SecretString,
    /// Lets its holder administer.
    pub admin: SecretString,
    /// Whether the admin token was made just now, and nobody knows it yet.
    pub admin_is_new: bool,
}

impl Secrets {
    /// Those of the settings, else those in the data folder, which are made if they are missing.
    pub fn of(settings: &Settings) -> io::Result<Self> {
        let (server, folder) = (&settings.server, &settings.data_dir);
        let kept = |given: &Option<SecretString>, file: &str| match given {
            Some(secret) => Ok((secret.clone(), false)),
            None => kept(&folder.join(file)),
        };
        let (cookies, _) = kept(&server.secret_key, "secret.key")?;
        let (admin, admin_is_new) = kept(&server.admin_token, "admin.token")?;
        Ok(Self { cookies, admin, admin_is_new })
    }
}

/// The secret in the file, and whether it was made just now.
fn kept(file: &Path) -> io::Result<(SecretString, bool)> {
    if let Some(secret) = read(file)? {
        return Ok((secret, false));
    }
    let fresh = Secret::fresh().map_err(|error| io::Error::other(error.to_string()))?;
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    match made {
        Ok(mut made) => {
            made.write_all(fresh.reveal().as_bytes())?;
            made.sync_all()?;
            Ok((SecretString::from(fresh.reveal()), true))
        }
        // Another process was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let theirs = read(file)?;
            let theirs = theirs.map(|theirs| (theirs, false));
            theirs.ok_or_else(|| io::Error::other(format!("{} is empty", file.display())))
        }
        Err(error) => Err(error),
    }
}

fn read(file: &Path) -> io::Result<Option<SecretString>> {
    match fs::read_to_string(file) {
        Ok(text) if !text.trim().is_empty() => Ok(Some(SecretString::from(text.trim()))),
        Ok(_) => Err(io::Error::other(format!(
            "{} is empty; remove it to have a new one made",
            file.display()
        ))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The secret itself, for whoever may see it.
pub fn expose(secret: &SecretString) -> &str {
    secret.expose_secret()
}
