//! Telling a problem, as an answer, as an event or by cutting a body: it is counted wherever that
//! is done, and logged.

use tracing::Span;

use crate::routes::problem::Problem;

impl Problem {
    /// Counts that it is told, and notes it in the log: in the line of its request, and if it is
    /// ours to mend, in one of its own that says why.
    pub fn tell(&self) {
        let (code, stage) = (self.kind.code, self.stage().unwrap_or("none"));
        metrics::counter!("repartee_problems_total", "code" => code, "stage" => stage).increment(1);
        if self.is_ours() {
            let reason = self.case.reason.as_deref().unwrap_or(self.detail());
            tracing::warn!(problem.code = code, problem.stage = stage, reason, "told a problem");
        }
        let request = Span::current();
        request.record("problem.code", code);
        request.record("problem.stage", stage);
    }

    /// Whether something of ours broke. Too much at once is no such thing, and whoever asks too
    /// much must not fill the log.
    fn is_ours(&self) -> bool {
        self.kind.status >= 500 && self.kind.code != "overloaded"
    }
}
