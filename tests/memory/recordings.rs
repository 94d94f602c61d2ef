//! Recordings in a folder and in a bucket.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use chrono::{TimeDelta, Utc};
use futures_util::TryStreamExt;
use repartee::audio::clip::Container;
use repartee::audio::format::Format;
use repartee::domain::owner::Owner;
use repartee::domain::turn::TurnId;
use repartee::store::StoreError;
use repartee::store::recordings::{BucketAccess, Name, Recordings};
use tempfile::TempDir;
use tokio::time::timeout;

use crate::bucket::Bucket;
use crate::database::{Database, first_turn, moment};

/// Makes each of these functions a test on a folder and another on a bucket.
macro_rules! in_both_places {
    ($($name:ident),+ $(,)?) => {
        mod folder {
            $(#[tokio::test]
            async fn $name() {
                super::$name(super::Place::folder()).await;
            })+
        }
        mod s3 {
            $(#[tokio::test]
            async fn $name() {
                super::$name(super::Place::bucket()).await;
            })+
        }
    };
}

in_both_places! {
    a_recording_is_kept_in_one_piece,
    a_part_can_be_asked_for,
    what_is_not_there_is_no_error,
    of_two_recordings_the_first_one_stays,
    removed_recordings_are_gone,
    old_recordings_are_purged,
    hundreds_at_once_are_all_kept,
    a_long_recording_is_kept_whole,
}

async fn a_recording_is_kept_in_one_piece(place: Place) {
    let recordings = place.open();
    let (reply, clip) = (Name::reply(TurnId::new(), Format::Mp3), clip());
    keep(&recordings, reply, parts(["one ", "", "two ", "three"]));
    keep(&recordings, clip, parts(["heard"]));
    recordings.settle().await;

    let again = place.open();
    assert_eq!(whole(&again, reply).await.as_deref(), Some("one two three"));
    assert_eq!(whole(&again, clip).await.as_deref(), Some("heard"));
    assert!(again.exists(reply).await.unwrap());
    assert_eq!(recordings.lost(), 0);
}

async fn a_part_can_be_asked_for(place: Place) {
    let recordings = place.open();
    let name = Name::reply(TurnId::new(), Format::Ogg);
    keep(&recordings, name, parts(["0123", "4567", "89"]));

    // First of what still waits, then of what is written.
    for _ in 0..2 {
        for (asked, given, bytes) in [
            (0..10, 0..10, "0123456789"),
            (0..1, 0..1, "0"),
            (3..9, 3..9, "345678"),
            (8..99, 8..10, "89"),
            (10..12, 10..10, ""),
            (77..99, 10..10, ""),
            (5..5, 5..5, ""),
        ] {
            let part = recordings.get(name, Some(asked)).await.unwrap().unwrap();
            assert_eq!((part.range.clone(), part.total_bytes), (given, 10));
            assert_eq!(text(part.bytes.try_collect().await.unwrap()), bytes);
        }
        recordings.settle().await;
    }
}

async fn what_is_not_there_is_no_error(place: Place) {
    let recordings = place.open();
    let turn = TurnId::new();
    let name = Name::reply(turn, Format::Mp3);

    assert!(!recordings.exists(name).await.unwrap());
    assert!(recordings.get(name, None).await.unwrap().is_none());
    assert!(recordings.get(name, Some(0..4)).await.unwrap().is_none());
    recordings.remove(&[turn]).await.unwrap();
    recordings.remove(&[]).await.unwrap();
    assert_eq!(recordings.purge(Utc::now()).await.unwrap(), 0);
    recordings.settle().await;
}

async fn of_two_recordings_the_first_one_stays(place: Place) {
    let recordings = place.open();
    let name = Name::reply(TurnId::new(), Format::Mp3);

    keep(&recordings, name, parts(["first"]));
    keep(&recordings, name, parts(["second"]));
    recordings.settle().await;

    assert_eq!(whole(&recordings, name).await.as_deref(), Some("first"));
}

async fn removed_recordings_are_gone(place: Place) {
    let recordings = place.open();
    let (gone, kept) = (TurnId::new(), TurnId::new());
    let names = [
        Name::reply(gone, Format::Mp3),
        Name::reply(gone, Format::Wav),
        Name::clip(gone, Container::WebM),
    ];
    for name in names {
        keep(&recordings, name, parts(["gone"]));
    }
    keep(&recordings, Name::reply(kept, Format::Mp3), parts(["kept"]));
    recordings.settle().await;
    let waiting = Name::reply(gone, Format::Pcm);
    keep(&recordings, waiting, parts(["gone"]));

    recordings.remove(&[gone]).await.unwrap();
    recordings.settle().await;

    for name in names.into_iter().chain([waiting]) {
        assert!(!recordings.exists(name).await.unwrap(), "{name:?}");
    }
    assert!(recordings.exists(Name::reply(kept, Format::Mp3)).await.unwrap());
    assert_eq!(place.names().len(), 1);
    assert_eq!(recordings.lost(), 0);
}

async fn old_recordings_are_purged(place: Place) {
    let recordings = place.open();
    for _ in 0..5 {
        keep(&recordings, Name::reply(TurnId::new(), Format::Mp3), parts(["old"]));
        keep(&recordings, clip(), parts(["old"]));
    }
    recordings.settle().await;

    assert_eq!(recordings.purge(Utc::now() - TimeDelta::hours(1)).await.unwrap(), 0);
    assert_eq!(place.names().len(), 10);
    assert_eq!(recordings.purge(Utc::now() + TimeDelta::hours(1)).await.unwrap(), 10);
    assert_eq!(place.names().len(), 0);
}

async fn hundreds_at_once_are_all_kept(place: Place) {
    let recordings = place.open();
    let names: Vec<Name> = (0..300).map(|_| Name::reply(TurnId::new(), Format::Mp3)).collect();

    for name in &names {
        keep(&recordings, *name, parts(["some ", "sound"]));
        assert!(recordings.exists(*name).await.unwrap());
    }
    recordings.settle().await;

    assert_eq!(place.names().len(), 300);
    assert_eq!(recordings.lost(), 0);
}

#[tokio::test]
async fn a_recording_is_found_while_it_waits() {
    let (bucket, recordings) = held_bucket();
    let names: Vec<Name> = (0..6).map(|_| Name::reply(TurnId::new(), Format::Mp3)).collect();
    for name in &names {
        keep(&recordings, *name, parts(["so", "und"]));
    }
    arrived(&bucket, 4).await;

    for name in &names {
        assert!(recordings.exists(*name).await.unwrap());
        assert_eq!(whole(&recordings, *name).await.as_deref(), Some("sound"));
    }
    assert!(bucket.keys().is_empty());

    bucket.release();
    recordings.settle().await;
    assert_eq!(bucket.keys().len(), 6);
}

async fn a_long_recording_is_kept_whole(place: Place) {
    let recordings = place.open();
    let name = Name::reply(TurnId::new(), Format::Wav);
    let mut recorder = recordings.begin(name);
    long().into_iter().for_each(|piece| recorder.push(piece));
    let sound = text([vec![Bytes::from("head ")], long()].concat());

    recorder.keep(Some(Bytes::from("head ")));
    // Whoever asks for it at once gets it too: of its head, of what was put aside, of the rest.
    let end = sound.len() as u64;
    for range in [0..5, 3..20_490, 4_190_000..end - 1, end - 7..end, end..end] {
        let early = recordings.get(name, Some(range.clone())).await.unwrap().unwrap();
        assert_eq!((early.total_bytes, &early.range), (end, &range));
        let early = text(early.bytes.try_collect().await.unwrap());
        assert!(early == sound[range.start as usize..range.end as usize], "{range:?}");
    }
    recordings.settle().await;

    assert!(whole(&place.open(), name).await == Some(sound));
    assert_eq!((place.names().len(), recordings.lost()), (1, 0));
}

#[tokio::test]
async fn what_grows_long_is_put_aside_where_nobody_finds_it() {
    let place = Place::folder();
    let recordings = place.open();
    let mut recorder = recordings.begin(Name::reply(TurnId::new(), Format::Mp3));
    assert_eq!(place.nameless(), 0);

    long().into_iter().for_each(|piece| recorder.push(piece));
    until("it is put aside", || place.nameless() == 1).await;
    assert_eq!(place.names(), Vec::<String>::new());
    drop(recorder);

    until("nothing is left", || place.nameless() == 0).await;
    assert_eq!((place.names(), recordings.lost()), (Vec::new(), 0));
}

#[tokio::test]
async fn a_recording_removed_while_it_grows_is_not_kept() {
    for sound in [parts(["short"]), long()] {
        let place = Place::folder();
        let recordings = place.open();
        let turn = TurnId::new();
        let mut recorder = recordings.begin(Name::reply(turn, Format::Mp3));
        sound.into_iter().for_each(|piece| recorder.push(piece));

        recordings.remove(&[turn]).await.unwrap();
        recorder.push(Bytes::from("the rest"));
        recorder.keep(None);
        recordings.settle().await;

        until("nothing is left", || place.nameless() == 0).await;
        assert_eq!((place.names(), recordings.lost()), (Vec::new(), 0));
    }
}

#[tokio::test]
async fn long_recordings_grow_side_by_side() {
    let place = Place::folder();
    let recordings = place.open();
    let names: Vec<Name> = (0..8).map(|_| Name::reply(TurnId::new(), Format::Mp3)).collect();
    let mut recorders: Vec<_> = names.iter().map(|name| recordings.begin(*name)).collect();

    let pieces = long();
    for (number, piece) in pieces.iter().cloned().enumerate() {
        recorders[number % 8].push(piece.clone());
        recorders[(number + 3) % 8].push(piece);
        if number % 50 == 0 {
            tokio::task::yield_now().await;
        }
    }
    until("some are put aside", || place.nameless() > 1).await;
    recorders.into_iter().for_each(|recorder| recorder.keep(None));
    recordings.settle().await;

    for (place, name) in names.iter().enumerate() {
        let its = |number: &usize| number % 8 == place || (number + 3) % 8 == place;
        let its = (0..pieces.len()).filter(its).map(|number| pieces[number].clone());
        assert!(whole(&recordings, *name).await == Some(text(its.collect())), "{place}");
    }
    assert_eq!(recordings.lost(), 0);
}

#[tokio::test]
async fn of_two_long_recordings_the_first_one_stays() {
    let place = Place::folder();
    let recordings = place.open();
    let name = Name::reply(TurnId::new(), Format::Mp3);
    let mut other = long();
    other.reverse();

    keep(&recordings, name, long());
    keep(&recordings, name, other);
    recordings.settle().await;

    assert!(whole(&recordings, name).await == Some(text(long())));
    assert_eq!(place.names().len(), 1);
    until("nothing else is left", || place.nameless() == 0).await;
}

#[tokio::test]
async fn a_long_recording_that_finds_no_room_on_its_way_is_lost_and_counted_once() {
    let place = Place::folder();
    let recordings = Recordings::with_room(&place.url, None, 5 * 1024 * 1024).unwrap();
    // Each has room, because the one before has given it back.
    for _ in 0..4 {
        let (name, sound) = (Name::reply(TurnId::new(), Format::Mp3), &long()[..450]);
        keep(&recordings, name, sound.to_vec());
        recordings.settle().await;
        assert!(whole(&recordings, name).await == Some(text(sound.to_vec())));
    }
    let name = Name::reply(TurnId::new(), Format::Mp3);

    keep(&recordings, name, [long(), long()].concat());
    recordings.settle().await;

    assert_eq!(recordings.lost(), 1);
    assert!(!recordings.exists(name).await.unwrap());
    until("nothing is left", || place.nameless() == 0).await;
}

#[tokio::test]
async fn a_folder_that_is_gone_loses_long_recordings_and_counts() {
    let place = Place::folder();
    let recordings = place.open();
    // Short ones make it anew.
    fs::remove_dir_all(place.root()).unwrap();
    let name = Name::reply(TurnId::new(), Format::Mp3);

    keep(&recordings, name, long());
    recordings.settle().await;

    assert_eq!(recordings.lost(), 1);
}

#[tokio::test]
async fn a_recording_removed_while_it_is_written_is_gone() {
    let (bucket, recordings) = held_bucket();
    let turn = TurnId::new();
    let name = Name::reply(turn, Format::Mp3);
    keep(&recordings, name, parts(["sound"]));
    arrived(&bucket, 1).await;

    let removing = tokio::spawn({
        let recordings = recordings.clone();
        async move { recordings.remove(&[turn]).await }
    });
    while recordings.exists(name).await.unwrap() {
        tokio::task::yield_now().await;
    }
    assert!(!removing.is_finished(), "it was not waited for");
    bucket.release();

    removing.await.unwrap().unwrap();
    assert!(bucket.keys().is_empty());
}

#[tokio::test]
async fn a_recording_is_removed_even_if_nobody_waits_for_it() {
    let (bucket, recordings) = held_bucket();
    let turn = TurnId::new();
    keep(&recordings, Name::reply(turn, Format::Mp3), parts(["sound"]));
    arrived(&bucket, 1).await;

    let turns = [turn];
    let mut removing = Box::pin(recordings.remove(&turns));
    assert!(futures_util::poll!(&mut removing).is_pending());
    drop(removing);
    bucket.release();
    recordings.settle().await;

    assert!(bucket.keys().is_empty());
}

#[tokio::test]
async fn what_has_no_room_is_lost_and_counted() {
    let bucket = Bucket::open();
    bucket.hold();
    let recordings = Recordings::with_room(&place_of(&bucket), Some(&access()), 10).unwrap();
    let names: Vec<Name> = (0..4).map(|_| Name::reply(TurnId::new(), Format::Mp3)).collect();

    for name in &names {
        keep(&recordings, *name, parts(["fives"]));
    }
    assert_eq!(recordings.lost(), 2);
    bucket.release();
    recordings.settle().await;

    assert_eq!(bucket.keys().len(), 2);
    assert!(!recordings.exists(names[2]).await.unwrap());
    keep(&recordings, names[2], parts(["ten", " ", "letter"]));
    recordings.settle().await;
    assert_eq!((bucket.keys().len(), recordings.lost()), (3, 2));
}

#[tokio::test]
async fn what_is_not_taken_is_lost_and_counted() {
    let bucket = Bucket::open();
    bucket.break_down();
    let recordings = Recordings::open(&place_of(&bucket), Some(&access())).unwrap();
    let name = Name::reply(TurnId::new(), Format::Mp3);

    keep(&recordings, name, parts(["sound"]));
    recordings.settle().await;

    assert_eq!(recordings.lost(), 1);
    let failed = recordings.get(name, None).await.err().unwrap();
    assert!(matches!(failed, StoreError::Recordings(_)), "{failed:?}");
}

#[tokio::test]
async fn a_folder_that_is_gone_loses_and_counts() {
    let place = Place::folder();
    let recordings = place.open();
    fs::remove_dir_all(place.root()).unwrap();
    fs::write(place.root(), "in the way").unwrap();

    keep(&recordings, Name::reply(TurnId::new(), Format::Mp3), parts(["sound"]));
    recordings.settle().await;

    assert_eq!(recordings.lost(), 1);
}

#[tokio::test]
async fn requests_to_a_bucket_are_signed_and_in_their_place() {
    let place = Place::bucket();
    let (recordings, turn) = (place.open(), TurnId::new());
    keep(&recordings, Name::reply(turn, Format::Mp3), parts(["sound"]));
    recordings.settle().await;

    let requests = place.bucket.as_ref().unwrap().requests();
    assert_eq!(requests.len(), 1);
    assert!(requests[0].starts_with(&format!("PUT /talk/some/where/replies/{turn}.mp3 HTTP/1.1")));
    assert!(requests[0].contains("Credential=AKIATEST/"), "{}", requests[0]);
    assert!(requests[0].contains("/eu-test-1/s3/aws4_request"), "{}", requests[0]);
    let shown = format!("{recordings:?}{:?}", access());
    assert!(!shown.contains("hush"), "{shown}");
}

#[tokio::test]
async fn a_place_of_another_kind_is_refused_without_repeating_secrets() {
    let access = access();
    for (place, access) in [
        ("ftp://somewhere", Some(&access)),
        ("file:", Some(&access)),
        ("", Some(&access)),
        ("file://relative", Some(&access)),
        ("s3://", Some(&access)),
        ("s3://talk", None),
        ("s3://talk?color=red", Some(&access)),
    ] {
        let refused = Recordings::open(place, access).unwrap_err();
        assert!(matches!(refused, StoreError::RecordingsPlace(_)), "{place}: {refused:?}");
        assert!(!refused.to_string().contains("hush"), "{refused}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_may_look_into_the_folder() {
    use std::os::unix::fs::PermissionsExt;

    let place = Place::folder();
    place.open();

    let root = place.root();
    for folder in [root.clone(), root.join("replies"), root.join("clips")] {
        let mode = fs::metadata(&folder).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o700, "{}", folder.display());
    }
}

#[tokio::test]
async fn leftovers_of_a_killed_program_are_swept_away() {
    let place = Place::folder();
    let recordings = place.open();
    let replies = place.root().join("replies");
    let (old, young) = (replies.join("a.mp3#1"), replies.join("b.mp3#1"));
    for file in [&old, &young] {
        fs::write(file, "half a recording").unwrap();
    }
    let yesterday = SystemTime::now() - Duration::from_secs(86_400);
    fs::File::options().write(true).open(&old).unwrap().set_modified(yesterday).unwrap();

    recordings.purge(moment(0)).await.unwrap();

    assert!(!old.exists());
    assert!(young.exists());
}

#[tokio::test]
async fn a_deleted_conversation_leaves_no_byte() {
    let database = Database::sqlite().await;
    let data = database.folder.as_ref().unwrap().path();
    let store = database.open().await;
    let recordings = Recordings::open(&data.join("recordings").to_string_lossy(), None).unwrap();
    let turn = first_turn("My canary is called Piccolo.", "Piccolo!");
    store.record(turn.clone()).await.unwrap();
    keep(&recordings, Name::reply(turn.turn, Format::Mp3), parts(["the sound of Piccolo"]));
    keep(&recordings, Name::clip(turn.turn, Container::Ogg), parts(["Piccolo's own"]));
    recordings.settle().await;
    assert!(remembering(data).iter().any(|path| path.ends_with(format!("{}.mp3", turn.turn))));
    keep(&recordings, Name::reply(turn.turn, Format::Wav), parts(["Piccolo, late"]));

    let gone = store.delete(&Owner::local(), turn.conversation).await.unwrap();
    recordings.remove(&gone).await.unwrap();

    assert_eq!(remembering(data), Vec::<PathBuf>::new());
}

/// Keeps a recording of these parts.
fn keep(recordings: &Recordings, name: Name, parts: Vec<Bytes>) {
    let mut recorder = recordings.begin(name);
    parts.into_iter().for_each(|part| recorder.push(part));
    recorder.keep(None);
}

/// More than is held in memory, in pieces that differ.
fn long() -> Vec<Bytes> {
    (0..600).map(|number| Bytes::from(format!("{number:10240}"))).collect()
}

async fn until(what: &str, over: impl Fn() -> bool) {
    let waiting = async {
        while !over() {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(30), waiting).await.unwrap_or_else(|_| panic!("never: {what}"));
}

/// A folder or a bucket.
struct Place {
    folder: Option<TempDir>,
    bucket: Option<Bucket>,
    url: String,
}

impl Place {
    fn folder() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("file://{}", folder.path().join("recordings").display());
        Self { folder: Some(folder), bucket: None, url }
    }

    fn bucket() -> Self {
        let bucket = Bucket::open();
        Self { folder: None, url: place_of(&bucket), bucket: Some(bucket) }
    }

    fn open(&self) -> Recordings {
        Recordings::open(&self.url, Some(&access())).unwrap()
    }

    /// The folder that recordings are in.
    fn root(&self) -> PathBuf {
        self.folder.as_ref().unwrap().path().join("recordings")
    }

    /// How many files of the folder are open and have no name.
    fn nameless(&self) -> usize {
        let nameless = |file: &PathBuf| {
            file.starts_with(self.root()) && file.to_string_lossy().ends_with("(deleted)")
        };
        let open = fs::read_dir("/proc/self/fd").unwrap().flatten();
        open.filter_map(|entry| fs::read_link(entry.path()).ok()).filter(nameless).count()
    }

    /// What is kept there.
    fn names(&self) -> Vec<String> {
        if let Some(bucket) = &self.bucket {
            return bucket.keys();
        }
        let files = files(self.folder.as_ref().unwrap().path());
        files.iter().map(|path| path.display().to_string()).collect()
    }
}

pub fn place_of(bucket: &Bucket) -> String {
    format!("s3://talk/some/where?region=eu-test-1&endpoint={}", bucket.endpoint)
}

pub fn access() -> BucketAccess {
    BucketAccess { key_id: "AKIATEST".to_owned(), secret: "hush".into(), session_token: None }
}

fn held_bucket() -> (Bucket, Recordings) {
    let bucket = Bucket::open();
    bucket.hold();
    let recordings = Recordings::open(&place_of(&bucket), Some(&access())).unwrap();
    (bucket, recordings)
}

async fn arrived(bucket: &Bucket, count: usize) {
    let bucket = bucket.clone();
    tokio::task::spawn_blocking(move || bucket.wait_for_arrivals(count)).await.unwrap();
}

fn clip() -> Name {
    Name::clip(TurnId::new(), Container::WebM)
}

fn parts<const N: usize>(pieces: [&'static str; N]) -> Vec<Bytes> {
    pieces.map(Bytes::from).to_vec()
}

async fn whole(recordings: &Recordings, name: Name) -> Option<String> {
    let recording = recordings.get(name, None).await.unwrap()?;
    let (range, total): (Range<u64>, u64) = (recording.range.clone(), recording.total_bytes);
    let bytes: Vec<Bytes> = recording.bytes.try_collect().await.unwrap();
    let text = text(bytes);
    assert_eq!((range, total), (0..text.len() as u64, text.len() as u64));
    Some(text)
}

fn text(bytes: Vec<Bytes>) -> String {
    String::from_utf8(bytes.concat()).unwrap()
}

/// The files in which the canary's name still stands.
fn remembering(folder: &Path) -> Vec<PathBuf> {
    let holds = |path: &PathBuf| fs::read(path).unwrap().windows(7).any(|text| text == b"Piccolo");
    files(folder).into_iter().filter(holds).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let inside = |path: PathBuf| if path.is_dir() { files(&path) } else { vec![path] };
    entries.flat_map(inside).collect()
}
