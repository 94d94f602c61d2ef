//! 256 turns that begin at once, over a provider as slow as real ones.

use std::time::{Duration, Instant};

use futures_util::future::join_all;

use crate::caller::Caller;
use crate::numbers::{Samples, ms};
use crate::setting::Setting;
use crate::spotter::Rendering;
use crate::stand::{DIGITS, Stand};

const CALLERS: usize = 256;
const ROUNDS: usize = 3;

pub async fn run() {
    println!("\n# {CALLERS} turns at once, streamed\n");
    let stand = Stand::new().await;
    let setting = Setting::realistic();
    stand.set(&setting);
    let limit = setting.limit(Rendering::Streamed, DIGITS);
    let question = stand.question(Rendering::Streamed);
    let mut callers = join_all((0..CALLERS).map(|_| Caller::connect(stand.server.address))).await;
    for _ in 0..ROUNDS {
        tokio::time::sleep(Duration::from_secs(1)).await;
        stand.server.forget_memory();
        let (before, _) = stand.server.memory();
        let began = Instant::now();
        let asking = callers.iter_mut().map(|caller| caller.ask(&question, Rendering::Streamed));
        let (answers, cpu) = stand.cpu_of(join_all(asking)).await;
        let lasted = began.elapsed();
        let (_, most) = stand.server.memory();
        let good: Vec<_> =
            answers.into_iter().flatten().filter(|answer| answer.status.is_success()).collect();
        let first = good.iter().filter_map(|answer| answer.first_sound);
        let first = first.map(|time| ms(time) / ms(limit.first_sound));
        let first = Samples::of(first.collect());
        println!(
            "  all done in {:.0} ms (limit {:.0}); first sound {:.3} p99 {:.3}; {} errors; \
             {:.1} MB above the {before:.0} before; {:.1} ms of CPU each",
            ms(lasted),
            ms(limit.last_byte),
            first.median(),
            first.p99(),
            CALLERS - good.len(),
            most - before,
            ms(cpu) / CALLERS as f64,
        );
    }
}
