//! Finds the C libraries behind the embedded engines, or says which packages bring them.

use std::env;
use std::path::Path;
use std::process::{Command, exit};

const VOICES: [&str; 4] = ["slt", "rms", "awb", "kal16"];
const FLITE: [&str; 3] = ["flite_usenglish", "flite_cmulex", "flite"];
const POCKETSPHINX: [&str; 2] = ["pocketsphinx", "sphinxbase"];
/// Where distributions keep libraries, in case that the compiler cannot be asked.
const FOLDERS: [&str; 4] = ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/opt/homebrew/lib"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for variable in ["CC", "PKG_CONFIG", "PKG_CONFIG_PATH", "PKG_CONFIG_LIBDIR"] {
        println!("cargo::rerun-if-env-changed={variable}");
    }
    if env::var_os("CARGO_FEATURE_EMBEDDED").is_none() {
        return;
    }
    let mut missing = Vec::new();
    if let Err(why) = link_pocketsphinx() {
        missing.push(why);
    }
    if let Err(why) = link_flite() {
        missing.push(why);
    }
    if !missing.is_empty() {
        give_up(&missing);
    }
}

fn link_pocketsphinx() -> Result<(), String> {
    for flag in pkg_config("--libs-only-L")?.split_whitespace() {
        if let Some(folder) = flag.strip_prefix("-L") {
            println!("cargo::rustc-link-search=native={folder}");
        }
    }
    for library in POCKETSPHINX {
        println!("cargo::rustc-link-lib=dylib={library}");
    }
    let folder = pkg_config("--variable=pcfiledir")?;
    println!("cargo::rerun-if-changed={}/pocketsphinx.pc", folder.trim());
    Ok(())
}

fn pkg_config(question: &str) -> Result<String, String> {
    let program = env::var("PKG_CONFIG").unwrap_or_else(|_| "pkg-config".to_owned());
    let answer = Command::new(&program).args([question, "pocketsphinx"]).output();
    let answer = answer.map_err(|error| {
        format!("hearing needs PocketSphinx, and {program} to find it ({error})")
    })?;
    if !answer.status.success() {
        return Err(format!("hearing needs PocketSphinx, and {program} does not know of it"));
    }
    Ok(String::from_utf8_lossy(&answer.stdout).into_owned())
}

fn link_flite() -> Result<(), String> {
    let voices = VOICES.map(|voice| format!("flite_cmu_us_{voice}"));
    for library in voices.iter().map(String::as_str).chain(FLITE) {
        let folder = folder_of(library).ok_or_else(|| {
            format!("speaking needs flite, and lib{library} is nowhere to be found")
        })?;
        println!("cargo::rustc-link-search=native={folder}");
        println!("cargo::rustc-link-lib=dylib={library}");
        println!("cargo::rerun-if-changed={folder}/lib{library}.so");
    }
    Ok(())
}

/// The folder that holds the library: the C compiler knows, since it searches there to link.
fn folder_of(library: &str) -> Option<String> {
    let file = format!("lib{library}.so");
    let compiler = env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let answer = Command::new(compiler).arg(format!("-print-file-name={file}")).output().ok();
    let found = answer.and_then(|answer| String::from_utf8(answer.stdout).ok());
    let asked = found.as_deref().map(|path| Path::new(path.trim()));
    // A compiler that finds nothing repeats the bare name.
    if let Some(folder) = asked.filter(|path| path.is_file()).and_then(Path::parent)
        && !folder.as_os_str().is_empty()
    {
        return Some(folder.display().to_string());
    }
    let folder = FOLDERS.iter().find(|folder| Path::new(folder).join(&file).is_file())?;
    Some((*folder).to_owned())
}

/// One message that says what is missing and both ways out.
fn give_up(missing: &[String]) -> ! {
    for why in missing {
        println!("cargo::error={why}");
    }
    println!("cargo::error=On Debian and Ubuntu, this installs what the embedded engines need:");
    println!(
        "cargo::error=    apt-get install -y --no-install-recommends gcc libc6-dev pkg-config libpocketsphinx-dev pocketsphinx-en-us flite1-dev"
    );
    println!("cargo::error=Or build without them: cargo build --no-default-features");
    exit(1)
}
