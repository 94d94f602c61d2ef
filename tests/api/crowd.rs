//! Many at once: each is answered, or told clearly why not.

use std::collections::HashMap;

use futures_util::{StreamExt, TryStreamExt};
use repartee::audio::clip::Clip;
use repartee::conversations::{Ask, ConversationError, ConversationEvent, Which};
use repartee::domain::owner::Owner;
use repartee::pipeline::event::Input;
use repartee::settings::Settings;
use repartee::startup::House;

use crate::program::Program;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_turns_at_once_are_answered_or_refused_with_a_reason() {
    let program = Program::new();
    program.succeed(&["say", "What time is it?", "-o", "q.mp3"]);
    let clip = Clip::new(std::fs::read(program.path("q.mp3")).unwrap()).unwrap();
    let settings = HashMap::from([("DATA_DIR", program.path("data").display().to_string())]);
    let settings = Settings::read(&|name| settings.get(name).cloned()).unwrap();
    let house = House::build(&settings).await.unwrap();

    let before = peak_memory_mib();
    let turns = (0..64).map(|_| {
        let ask = Ask::new(Owner::local(), Which::New, Input::Clip(clip.clone()));
        house.conversations.hear(ask).boxed().try_collect::<Vec<_>>()
    });
    let ended = futures_util::future::join_all(turns).await;

    let (answered, refused): (Vec<_>, Vec<_>) = ended.into_iter().partition(Result::is_ok);
    // As many as one ear hears before the others have waited too long, on a slow machine.
    assert!(answered.len() >= 8, "{}", answered.len());
    let grown = peak_memory_mib() - before;
    assert!(grown < 256, "{grown} MiB");
    for events in answered.into_iter().flatten() {
        assert!(matches!(events.last(), Some(ConversationEvent::Ended(_))));
    }
    for error in refused.into_iter().filter_map(Result::err) {
        assert!(matches!(error, ConversationError::Turn(_)), "{error}");
        assert!(["overloaded", "engine_timeout"].contains(&error.code()), "{error}");
    }
    house.conversations.close().await;
}

/// The most memory that this process ever had in use.
fn peak_memory_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}
