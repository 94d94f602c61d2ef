//! Work that is no turn: it leaves nothing behind but what it cost.

use std::sync::Arc;

use crate::conversations::{Conversations, Inner, measures};
use crate::domain::money::Usd;
use crate::pipeline::budget::{Payer, Tab, today};
use crate::store::Charge;

/// Pays for work that is no turn. What it cost is written down when it is dropped.
pub struct Errand {
    inner: Arc<Inner>,
    tab: Tab,
}

impl Errand {
    /// Paid from this tab.
    pub(super) fn on(inner: Arc<Inner>, tab: Tab) -> Self {
        Self { inner, tab }
    }

    /// What pays.
    pub fn tab(&self) -> &Tab {
        &self.tab
    }
}

impl Conversations {
    /// Work that is no turn, paid by them.
    pub fn errand(&self, payer: Payer) -> Errand {
        Errand::on(Arc::clone(&self.inner), self.inner.options.budget.tab(payer))
    }
}

impl Drop for Errand {
    fn drop(&mut self) {
        let amount = self.tab.charged();
        if amount <= Usd(0) {
            return;
        }
        measures::count_spent(amount);
        let charge = Charge { day: today(), payer: self.tab.payer().to_owned(), amount };
        let store = self.inner.store.clone();
        let writing = async move {
            if let Err(error) = store.spend(charge).await {
                tracing::error!(%error, "what was spent could not be written down");
            }
        };
        self.inner.tasks.spawn_on(writing, &self.inner.runtime);
    }
}
