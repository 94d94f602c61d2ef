//! Two hundred times, the process is killed in the middle of its work.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use crate::database::Database;
use crate::talkative::{acknowledged, assert_intact, command, lines};

const ROUNDS: u64 = 200;
const SEED: u64 = 0x5eed;

#[tokio::test]
async fn no_acknowledged_turn_is_lost_in_two_hundred_kills() {
    let database = Database::sqlite().await;
    let mut chance = Chance(SEED);
    let mut all = BTreeSet::new();
    for _ in 0..ROUNDS {
        all.extend(kill_once(&database, &mut chance));
        assert_intact(&database, &all).await;
    }
    assert!(all.len() as u64 > ROUNDS, "only {} turns were acknowledged", all.len());
}

/// Lets the child talk until some moment, kills it, and returns what it had acknowledged.
fn kill_once(database: &Database, chance: &mut Chance) -> BTreeSet<uuid::Uuid> {
    let mut child = command(&[], database, u64::MAX).spawn().unwrap();
    let mut output = lines(&mut child);
    let mut heard = BTreeSet::new();
    let enough = chance.below(30) as usize;
    while heard.len() < enough {
        heard.extend(acknowledged(&output.next().unwrap().unwrap()));
    }
    thread::sleep(Duration::from_micros(chance.below(5000)));
    child.kill().unwrap();
    child.wait().unwrap();
    // A line cut short by the kill acknowledges nothing; a whole one does, read late or not.
    heard.extend(
        output
            .map_while(Result::ok)
            .filter(|line| line.len() == 49)
            .filter_map(|line| acknowledged(&line)),
    );
    heard
}

/// Numbers that look random and are the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}
