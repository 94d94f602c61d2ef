//! The entrance: the room and the rate that a caller has, asked before and after a body is read.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::{HttpMessage, HttpRequest};

use crate::routes::guard::admission::{Admission, Permit};
use crate::routes::guard::caller::Caller;
use crate::routes::guard::rates::Rates;
use crate::routes::guard::reader::Reads;
use crate::routes::problem::Problem;
use crate::routes::upload::UploadLimits;

/// The room and the rate that callers have.
#[derive(Clone)]
pub struct Entrance {
    rates: Rates,
    reads: Reads,
    admission: Admission,
    limits: UploadLimits,
    closed: Arc<AtomicBool>,
}

impl Entrance {
    /// Held to these.
    pub fn new(rates: Rates, reads: Reads, admission: Admission, limits: UploadLimits) -> Self {
        Self { rates, reads, admission, limits, closed: Arc::default() }
    }

    /// Before the body is read: looks whether there is room for it.
    pub fn knock(&self, caller: &Caller) -> Result<(), Problem> {
        if self.is_closed() {
            let detail = "this server is shutting down; try again in a moment";
            return Err(Problem::new("overloaded", detail).closing());
        }
        self.admission.look(caller.address)
    }

    /// Counts a turn. The answer will tell how the caller stands, whatever becomes of the turn.
    pub fn count(&self, request: &HttpRequest, caller: &Caller) -> Result<(), Problem> {
        let Some(counted) = self.rates.count(&caller.owner, caller.address) else { return Ok(()) };
        request.extensions_mut().insert(counted);
        counted.allowed()
    }

    /// Now that everything is there: comes in.
    pub fn enter(&self, caller: &Caller) -> Result<Permit, Problem> {
        self.admission.enter(caller.address)
    }

    /// How often each household may read.
    pub fn reads(&self) -> &Reads {
        &self.reads
    }

    /// What an upload may bring.
    pub fn limits(&self) -> UploadLimits {
        self.limits
    }

    /// How many are inside.
    pub fn inside(&self) -> u32 {
        self.admission.inside()
    }

    /// Turns a minute, and turns at the same time; none: as many as come.
    pub fn quotas(&self) -> (Option<u32>, Option<u32>) {
        (self.rates.per_minute(), self.admission.limit())
    }

    /// From now on nobody comes in.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    /// Whether nobody comes in any more.
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    /// Waits until all who came in have left.
    pub async fn emptied(&self) {
        self.admission.emptied().await;
    }

    /// Forgets those who have been quiet for long enough.
    pub fn tidy(&self) {
        self.rates.tidy();
        self.reads.tidy();
    }
}
