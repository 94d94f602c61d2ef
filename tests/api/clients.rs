//! Clients that others wrote, as they are: OpenAI's package, and the original's page.

use std::process::Command;

use repartee_provider::{Behaviour, Reply};

use crate::door::{CLIP, Door};
use crate::refusals::silence;

/// A folder with a clip and a silent one.
fn clips(door: &Door) -> [String; 2] {
    door.program.write("clip.webm", CLIP);
    door.program.write("silence.wav", silence(2));
    ["clip.webm", "silence.wav"].map(|name| door.program.path(name).display().to_string())
}

/// The programs run beside the test, which must not be kept from answering the provider.
async fn succeed(mut command: Command) {
    let ran = tokio::task::spawn_blocking(move || command.output()).await.unwrap();
    let ran = ran.unwrap_or_else(|error| panic!("scripts/packages.sh test installs it: {error}"));
    let told = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(ran.status.success(), "{}{}", told(&ran.stdout), told(&ran.stderr));
}

fn client(name: &str) -> String {
    format!("{}/tests/api/clients/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[tokio::test]
async fn openais_own_package_works_with_this_server() {
    let python = std::env::var("REPARTEE_TEST_PYTHON").unwrap_or_else(|_| {
        panic!("REPARTEE_TEST_PYTHON is not set; run `scripts/with-clients.sh cargo test`")
    });
    let door = Door::with(Behaviour::default(), &[("ACCESS", "keys")]).await;
    let key = door.program.succeed(&["key", "add", "package"]);
    let [clip, silence] = clips(&door);

    let mut command = Command::new(python);
    command.arg(client("openai_package.py")).args([&door.address, key.trim(), &clip, &silence]);
    succeed(command).await;
}

#[tokio::test]
async fn the_originals_page_works_with_this_server() {
    let transcript = "क्या समय है? 100%".to_owned();
    let reply = Reply::text("It is nine o'clock. 😀");
    let door = Door::with(Behaviour { transcript, reply, ..Behaviour::default() }, &[]).await;
    let [clip, silence] = clips(&door);

    let mut command = Command::new("node");
    command.arg(client("original_page.mjs")).args([&door.address, &clip, &silence]);
    succeed(command).await;
}
