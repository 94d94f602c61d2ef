//! Many at once: all are answered who were let in, and whoever is not is told so at once.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use repartee_provider::{Behaviour, Reply, Stage};
use reqwest::multipart::{Form, Part};

use crate::bodies::Usage;
use crate::door::{Door, figure, fine, in_time, problem};

const UNLIMITED: (&str, &str) = ("MAX_TURNS_IN_FLIGHT", "unlimited");

/// As quick as engines are.
fn realistic() -> Behaviour {
    Behaviour {
        hearing: Duration::from_millis(400),
        first_token: Duration::from_millis(250),
        per_token: Duration::from_millis(20),
        first_sound: Duration::from_millis(200),
        per_character: Duration::from_millis(8),
        reply: Reply::sentences(4, 64),
        ..Behaviour::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_and_fifty_six_turns_at_once_are_all_answered() {
    const TURNS: usize = 256;
    let door = Door::with(realistic(), &[UNLIMITED]).await;
    let began = Instant::now();

    let turns = (0..TURNS).map(|_| async {
        let answer = door.say("/voice-chat?stream=1").send().await.unwrap();
        let first = began.elapsed();
        let sound = fine(answer).await.bytes().await.unwrap();
        (first, began.elapsed(), sound.len())
    });
    let mut all = in_time("all answers", join_all(turns)).await;

    assert!(all.iter().all(|(_, _, bytes)| *bytes > 10_000));
    all.sort();
    let (median, last) = (all[TURNS / 2].0, all[TURNS - 1].0);
    let whole = all.iter().map(|(_, whole, _)| *whole).max().unwrap();
    let peak = Usage::of(&door).peak_kib / 1024;
    figure(&format!(
        "{TURNS} turns at once: headers after {median:?} (median) and {last:?} (last), all of it \
         after {whole:?}, {peak} MiB at most"
    ));
    assert_eq!(door.json("/health").await["turns_in_flight"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_uploads_are_not_kept_in_memory() {
    const UPLOADS: usize = 64;
    const BYTES: usize = 20 * 1024 * 1024;
    let speech: &[u8] = include_bytes!("../fixtures/sound/speech.wav");
    let (head, samples) = speech.split_at(44);
    let mut clip = head[..40].to_vec();
    clip.extend_from_slice(&(BYTES as u32).to_le_bytes());
    clip.extend(samples.iter().cycle().take(BYTES));
    clip[4..8].copy_from_slice(&(BYTES as u32 + 36).to_le_bytes());
    let clip = bytes::Bytes::from(clip);
    let settings = [UNLIMITED, ("MAX_AUDIO_SECONDS", "3600")];
    let door = Door::with(Behaviour::default(), &settings).await;

    let uploads = (0..UPLOADS).map(|_| async {
        let part = Part::stream(clip.clone()).file_name("a.wav");
        let form = Form::new().part("audio", part);
        let answer = door.post("/voice-chat?memory=off").multipart(form).send().await.unwrap();
        answer.status().as_u16()
    });
    let all = join_all(uploads).await;

    let answered = all.iter().filter(|status| **status == 200).count();
    let usage = Usage::of(&door);
    figure(&format!(
        "{UPLOADS} uploads of 20 MiB at once, {answered} answered: {} MiB at most, of which {} MiB \
         of its own",
        usage.peak_kib / 1024,
        usage.own_kib / 1024
    ));
    // Some of so many at once may be slower than a body may be; nobody is harmed by that.
    assert!(answered > 0 && all.iter().all(|status| [200, 408, 504].contains(status)), "{all:?}");
    // All of them together have 1,280 MiB.
    assert!(usage.peak_kib < 512 * 1024, "{} KiB", usage.peak_kib);
    assert_eq!(door.program.left_in_temporary_folder(), Vec::<std::path::PathBuf>::new());
}

#[tokio::test]
async fn who_comes_on_top_is_told_at_once_and_harms_nobody_inside() {
    let door = Door::with(realistic(), &[("MAX_TURNS_IN_FLIGHT", "4")]).await;
    let inside: Vec<_> =
        (0..4).map(|_| tokio::spawn(door.say("/voice-chat?stream=1").send())).collect();
    let heard = door
        .provider
        .wait_until(|calls| calls.iter().filter(|call| call.stage == Stage::Hearing).count() == 4);
    in_time("the four", heard).await;

    let mut longest = Duration::ZERO;
    for _ in 0..50 {
        let asked = Instant::now();
        let answer = door.say("/voice-chat").send().await.unwrap();
        longest = longest.max(asked.elapsed());
        assert_eq!(answer.headers()["retry-after"], "1");
        problem(answer, 503, "overloaded").await;
        if door.provider.calls(Stage::Speaking).len() >= 4 {
            break;
        }
    }

    figure(&format!("told that there is no room after {longest:?} at most"));
    for answer in inside {
        let answer = fine(answer.await.unwrap().unwrap()).await;
        assert!(answer.bytes().await.unwrap().len() > 10_000);
    }
    fine(door.say("/voice-chat").send().await.unwrap()).await;
}
