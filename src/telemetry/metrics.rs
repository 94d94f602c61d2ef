//! What is counted, as Prometheus reads it, and what each number means.

use std::sync::OnceLock;

use metrics::{describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::telemetry::process;

/// Seconds that turns and their stages take, in steps that tell good from bad.
const SECONDS: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0, 10.0, 30.0];
/// Dollars that a turn costs.
const DOLLARS: [f64; 9] = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0];

const COUNTERS: [(&str, &str); 5] = [
    (
        "repartee_turns_total",
        "Turns that are over, by how they ended; those that failed by the stage they failed in.",
    ),
    (
        "repartee_problems_total",
        "Problems that callers were told of, as answers, as events or by answers that were cut.",
    ),
    ("repartee_http_requests_total", "Requests, by their route and the class of their status."),
    ("repartee_recordings_lost_total", "Recordings that could not be kept."),
    ("repartee_panics_total", "Times that something broke inside the program."),
];
const GAUGES: [(&str, &str); 5] = [
    ("repartee_turns_in_flight", "Turns, and other work for engines, that are being done."),
    ("repartee_spent_today_usd", "Dollars that were spent on engines since midnight UTC."),
    ("repartee_daily_budget_usd", "Dollars that may be spent on engines in a day."),
    (
        "repartee_engine_down",
        "Whether a stage's server failed so often in a row that it is left alone for a while.",
    ),
    ("repartee_build_info", "Which version this is; always 1."),
];
const HISTOGRAMS: [(&str, &str); 5] = [
    ("repartee_hearing_seconds", "How long hearing took, in turns that finished."),
    (
        "repartee_first_words_seconds",
        "From a turn's start until the first words of its reply were there.",
    ),
    (
        "repartee_first_sound_seconds",
        "From a turn's start until the first sound of its answer was there.",
    ),
    ("repartee_turn_seconds", "From a turn's start until its answer was complete."),
    (
        "repartee_cost_usd",
        "Dollars that a turn, or other work for engines, cost, where that is known.",
    ),
];

/// What is counted, as Prometheus reads it.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Starts counting, for the rest of the process; a second call gives the same again.
    pub fn start() -> Self {
        static METRICS: OnceLock<Metrics> = OnceLock::new();
        METRICS.get_or_init(Self::first).clone()
    }

    fn first() -> Self {
        let bounds = [("_seconds", &SECONDS[..]), ("_usd", &DOLLARS[..])];
        let builder =
            bounds.into_iter().try_fold(PrometheusBuilder::new(), |builder, (name, to)| {
                builder.set_buckets_for_metric(Matcher::Suffix(name.to_owned()), to)
            });
        let recorder = builder.unwrap_or_else(|_| PrometheusBuilder::new()).build_recorder();
        let handle = recorder.handle();
        // A recorder that is already there (in a test, say) stays.
        let _ = metrics::set_global_recorder(recorder);
        let counters = COUNTERS.iter().chain([&process::COUNTER]);
        counters.for_each(|&(name, what)| describe_counter!(name, what));
        GAUGES.iter().chain(&process::GAUGES).for_each(|&(name, what)| describe_gauge!(name, what));
        HISTOGRAMS.iter().for_each(|&(name, what)| describe_histogram!(name, what));
        gauge!("repartee_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        process::begun();
        Self(handle)
    }

    /// Everything that was counted so far.
    pub fn render(&self) -> String {
        process::measure();
        self.0.run_upkeep();
        self.0.render()
    }
}
