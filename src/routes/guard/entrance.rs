//! The entrance: the room and the rate that a caller has, asked before and after a body is read.

use crate::routes::guard::admission::{Admission, Permit};
use crate::routes::guard::caller::Caller;
use crate::routes::guard::rates::{Rates, Standing};
use crate::routes::problem::Problem;
use crate::routes::upload::UploadLimits;

/// The room and the rate that callers have.
#[derive(Clone)]
pub struct Entrance {
    rates: Rates,
    admission: Admission,
    limits: UploadLimits,
}

impl Entrance {
    /// Held to these.
    pub fn new(rates: Rates, admission: Admission, limits: UploadLimits) -> Self {
        Self { rates, admission, limits }
    }

    /// Before the body is read: counts a turn, and looks whether there is room for it.
    pub fn knock(&self, caller: &Caller) -> Result<Option<Standing>, Problem> {
        self.admission.look(caller.address)?;
        self.rates.count(&caller.owner, caller.address)
    }

    /// Now that everything is there: comes in.
    pub fn enter(&self, caller: &Caller) -> Result<Permit, Problem> {
        self.admission.enter(caller.address)
    }

    /// What an upload may bring.
    pub fn limits(&self) -> UploadLimits {
        self.limits
    }

    /// How many are inside.
    pub fn inside(&self) -> u32 {
        self.admission.inside()
    }

    /// Forgets those who have been quiet for long enough.
    pub fn tidy(&self) {
        self.rates.tidy();
    }
}
