//! A copy of the database is whole, also while turns are taken.

use std::os::unix::fs::PermissionsExt;

use futures_util::future::join_all;
use repartee_provider::Behaviour;

use crate::door::{Door, fine};
use crate::program::Program;

/// Takes a turn and gives its id, once its answer was received in full.
async fn turn(door: &Door) -> String {
    door.turn_to_read().await.0
}

#[tokio::test]
async fn a_copy_made_while_turns_are_taken_holds_every_turn_answered_before() {
    let door = Door::open().await;
    for round in 0..3 {
        let before = join_all((0..8).map(|_| turn(&door))).await;
        let name = format!("copy-{round}.db");
        let mut copying = door.program.command(&["backup", &name]);
        let meanwhile = async {
            for _ in 0..4 {
                join_all((0..4).map(|_| turn(&door))).await;
            }
        };
        let copied = tokio::task::spawn_blocking(move || copying.output());
        let (copied, ()) = tokio::join!(copied, meanwhile);
        let copied = copied.unwrap().unwrap();
        assert!(copied.status.success(), "{}", String::from_utf8_lossy(&copied.stderr));
        assert!(String::from_utf8_lossy(&copied.stderr).contains("secret.key"));

        let copy = door.program.path(&name);
        assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let url = format!("sqlite:{}", copy.display());
        let restored = Door::with(Behaviour::default(), &[("DATABASE_URL", &url)]).await;
        for id in before {
            let told = restored.get(&format!("/api/v1/turns/{id}")).send().await.unwrap();
            fine(told).await;
        }
        // It is no dead copy: it takes turns.
        turn(&restored).await;
    }
}

#[tokio::test]
async fn nothing_is_overwritten_by_a_copy_and_half_a_copy_is_none() {
    let door = Door::open().await;
    turn(&door).await;
    door.program.write("taken.db", "precious");

    let taken = door.program.run(&["backup", "taken.db"]);
    let nowhere = door.program.run(&["backup", "no/such/folder.db"]);

    assert_eq!((taken.code, nowhere.code), (2, 2), "{}{}", taken.err, nowhere.err);
    assert!(taken.err.contains("exists already"), "{}", taken.err);
    assert_eq!(door.program.read("taken.db"), "precious");
}

#[test]
fn what_is_not_there_or_not_sqlite_is_told_what_to_do() {
    let none = Program::new().run(&["backup", "copy.db"]);
    assert_eq!(none.code, 2, "{}", none.err);
    assert!(none.err.contains("there is no database"), "{}", none.err);

    let server = Program::new().set("DATABASE_URL", "postgres://nobody@127.0.0.1:1/talk");
    let run = server.run(&["backup", "copy.db"]);
    assert_eq!(run.code, 2, "{}", run.err);
    assert!(run.err.contains("pg_dump"), "{}", run.err);
    assert!(!server.path("copy.db").exists());
}
