//! The day's budget: money is reserved before a turn pays for anything, and settled call by call.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use thiserror::Error;

use crate::domain::money::Usd;
use crate::pipeline::error::EngineError;

const WHOLE_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What may be spent in a day, as a whole and by each who pays. Cloning it shares it.
#[derive(Debug, Clone)]
pub struct Budget {
    ledger: Arc<Mutex<Ledger>>,
}

#[derive(Debug)]
struct Ledger {
    day: NaiveDate,
    /// When that day began here.
    since: Instant,
    limit: Option<Usd>,
    all: Account,
    payers: HashMap<String, Account>,
}

/// What is spent already, and what turns in flight have put aside.
#[derive(Debug, Clone, Copy, Default)]
struct Account {
    spent: Usd,
    reserved: Usd,
}

/// Who pays for a turn, and how much in a day at most; none: as much as all together may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payer {
    /// Any name, as long as it is the same each time.
    pub name: String,
    /// The most in a day.
    pub limit: Option<Usd>,
}

/// The day's money is used up.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("today's budget of {limit} is used up; there is a new one at {resets_at:?}")]
pub struct BudgetReached {
    /// How much there was.
    pub limit: Usd,
    /// When there is money again.
    pub resets_at: DateTime<Utc>,
    /// Whether it was the payer's own budget, and not everybody's.
    pub own: bool,
}

impl Budget {
    /// A budget for all together; none: without limit.
    pub fn new(limit: Option<Usd>) -> Self {
        let (day, since) = (today(), Instant::now());
        let ledger = Ledger { day, since, limit, all: Account::default(), payers: HashMap::new() };
        Self { ledger: Arc::new(Mutex::new(ledger)) }
    }

    /// What was spent on this day before this process began.
    pub fn restore(&self, day: NaiveDate, spent: impl IntoIterator<Item = (String, Usd)>) {
        let mut ledger = self.current();
        if ledger.day != day {
            return;
        }
        for (payer, amount) in spent {
            ledger.all.spent = ledger.all.spent + amount;
            let account = ledger.payers.entry(payer).or_default();
            account.spent = account.spent + amount;
        }
    }

    /// What was spent today, by all together.
    pub fn spent(&self) -> Usd {
        self.current().all.spent
    }

    /// The most that all together may spend in a day.
    pub fn limit(&self) -> Option<Usd> {
        self.current().limit
    }

    /// Opens a tab for a turn. Nothing is put aside yet.
    pub fn tab(&self, payer: Payer) -> Tab {
        let state = TabState { reserved: Usd::default(), charged: Usd::default() };
        Tab { open: Arc::new(Open { budget: self.clone(), payer, state: Mutex::new(state) }) }
    }

    /// The ledger of today.
    fn current(&self) -> MutexGuard<'_, Ledger> {
        let mut ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        ledger.turn_over(today(), Instant::now());
        ledger
    }
}

impl Ledger {
    /// Begins a new day if it is one. What turns in flight have put aside is carried over midnight.
    /// A clock that is set back gives nobody the day's money a second time, until a day has passed.
    fn turn_over(&mut self, day: NaiveDate, now: Instant) {
        let passed = now.saturating_duration_since(self.since);
        if day == self.day || day < self.day && passed < WHOLE_DAY {
            return;
        }
        (self.day, self.since) = (day, now);
        self.all.spent = Usd::default();
        self.payers.retain(|_, account| account.reserved > Usd::default());
        for account in self.payers.values_mut() {
            account.spent = Usd::default();
        }
    }

    fn reserve(&mut self, payer: &Payer, amount: Usd) -> Result<(), BudgetReached> {
        let account = self.payers.entry(payer.name.clone()).or_default();
        for (account, limit, own) in
            [(&*account, payer.limit, true), (&self.all, self.limit, false)]
        {
            let taken = account.spent + account.reserved + amount;
            if let Some(limit) = limit.filter(|limit| taken > *limit) {
                return Err(BudgetReached { limit, resets_at: midnight_after(self.day), own });
            }
        }
        account.reserved = account.reserved + amount;
        self.all.reserved = self.all.reserved + amount;
        Ok(())
    }

    fn release(&mut self, payer: &Payer, amount: Usd) {
        self.all.reserved = self.all.reserved - amount;
        if let Some(account) = self.payers.get_mut(&payer.name) {
            account.reserved = account.reserved - amount;
        }
    }

    fn spend(&mut self, payer: &Payer, amount: Usd) {
        self.all.spent = self.all.spent + amount;
        let account = self.payers.entry(payer.name.clone()).or_default();
        account.spent = account.spent + amount;
    }
}

/// What one turn has put aside and paid. Clones share it; what is left is given back when the last
/// of them is dropped.
#[derive(Debug, Clone)]
pub struct Tab {
    open: Arc<Open>,
}

#[derive(Debug)]
struct Open {
    budget: Budget,
    payer: Payer,
    state: Mutex<TabState>,
}

#[derive(Debug)]
struct TabState {
    reserved: Usd,
    charged: Usd,
}

impl Tab {
    /// For work that nobody counts.
    pub fn unlimited() -> Self {
        Budget::new(None).tab(Payer { name: String::new(), limit: None })
    }

    /// Puts money aside until at least so much is there, or says that there is not so much left.
    pub fn reserve(&self, amount: Usd) -> Result<(), BudgetReached> {
        let mut ledger = self.open.budget.current();
        let mut state = self.open.state();
        let missing = amount - state.reserved;
        if missing > Usd::default() {
            ledger.reserve(&self.open.payer, missing)?;
            state.reserved = state.reserved + missing;
        }
        Ok(())
    }

    /// Begins a call that will probably cost so much. It takes that out of what is put aside, and
    /// what is missing there is put aside now: calls at the same time do not share it.
    pub fn call(&self, estimate: Usd) -> Result<Call, BudgetReached> {
        let mut ledger = self.open.budget.current();
        let mut state = self.open.state();
        let missing = estimate - state.reserved;
        if missing > Usd::default() {
            ledger.reserve(&self.open.payer, missing)?;
            state.reserved = state.reserved + missing;
        }
        state.reserved = state.reserved - estimate;
        Ok(Call { open: Arc::clone(&self.open), held: estimate, settled: false })
    }

    /// Another tab of the same payer, for work that is no part of this one's.
    pub fn another(&self) -> Self {
        self.open.budget.tab(self.open.payer.clone())
    }

    /// What was paid so far.
    pub fn charged(&self) -> Usd {
        self.open.state().charged
    }

    /// Who pays.
    pub fn payer(&self) -> &str {
        &self.open.payer.name
    }
}

impl Open {
    fn state(&self) -> MutexGuard<'_, TabState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Pays this, first out of what the call holds. The rest of that is for the calls to come.
    fn pay(&self, held: Usd, amount: Usd) {
        let mut ledger = self.budget.current();
        let mut state = self.state();
        let there = state.reserved + held;
        let from_reserve = amount.min(there);
        state.reserved = there - from_reserve;
        state.charged = state.charged + amount;
        ledger.release(&self.payer, from_reserve);
        ledger.spend(&self.payer, amount);
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let reserved = self.state().reserved;
        if reserved > Usd::default() {
            self.budget.current().release(&self.payer, reserved);
        }
    }
}

/// A paid call, and the money that is put aside for it. One that is given up without being settled
/// counts as what it was thought to cost.
#[derive(Debug)]
pub struct Call {
    open: Arc<Open>,
    held: Usd,
    settled: bool,
}

impl Call {
    /// The call is over and cost so much; none: nobody knows, so what was thought counts.
    pub fn settle(mut self, cost: Option<Usd>) {
        self.settled = true;
        self.open.pay(self.held, cost.unwrap_or(self.held));
    }

    /// The call failed before anything of its result was there.
    pub fn fail(self, error: &EngineError) {
        self.settle(error.costs_nothing().then_some(Usd::default()));
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if !self.settled {
            self.open.pay(self.held, self.held);
        }
    }
}

/// Budgets are for days in UTC, wherever the speaker is.
pub fn today() -> NaiveDate {
    Utc::now().date_naive()
}

fn midnight_after(day: NaiveDate) -> DateTime<Utc> {
    day.checked_add_days(Days::new(1)).unwrap_or(day).and_time(NaiveTime::MIN).and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payer(limit: Option<i64>) -> Payer {
        Payer { name: "visitor".to_owned(), limit: limit.map(Usd) }
    }

    #[test]
    fn what_is_put_aside_is_not_there_for_others() {
        let budget = Budget::new(Some(Usd(100)));
        let first = budget.tab(payer(None));
        first.reserve(Usd(70)).unwrap();

        let refused = budget.tab(payer(None)).reserve(Usd(40)).unwrap_err();

        assert_eq!((refused.limit, refused.own), (Usd(100), false));
        drop(first);
        budget.tab(payer(None)).reserve(Usd(100)).unwrap();
    }

    #[test]
    fn a_payers_own_limit_holds_as_well() {
        let budget = Budget::new(Some(Usd(100)));

        let refused = budget.tab(payer(Some(10))).reserve(Usd(11)).unwrap_err();

        assert!(refused.own);
        budget.tab(payer(Some(10))).reserve(Usd(10)).unwrap();
    }

    #[test]
    fn a_call_is_charged_what_it_cost_and_the_rest_is_given_back() {
        let budget = Budget::new(Some(Usd(100)));
        let tab = budget.tab(payer(None));
        tab.reserve(Usd(50)).unwrap();

        tab.call(Usd(30)).unwrap().settle(Some(Usd(5)));

        assert_eq!((tab.charged(), budget.spent()), (Usd(5), Usd(5)));
        drop(tab);
        budget.tab(payer(None)).reserve(Usd(95)).unwrap();
    }

    #[test]
    fn a_call_given_up_counts_as_what_it_was_thought_to_cost() {
        let budget = Budget::new(Some(Usd(100)));
        let tab = budget.tab(payer(None));

        drop(tab.call(Usd(30)).unwrap());

        assert_eq!(budget.spent(), Usd(30));
    }

    #[test]
    fn calls_at_the_same_time_do_not_share_what_is_put_aside() {
        let budget = Budget::new(Some(Usd(100)));
        let tab = budget.tab(payer(None));
        tab.reserve(Usd(60)).unwrap();

        let calls = [tab.call(Usd(50)).unwrap(), tab.call(Usd(50)).unwrap()];

        tab.call(Usd(1)).unwrap_err();
        calls.into_iter().for_each(|call| call.settle(Some(Usd(40))));
        tab.call(Usd(20)).unwrap();
        tab.call(Usd(1)).unwrap_err();
    }

    #[test]
    fn a_call_that_cost_more_takes_it_out_of_what_is_put_aside() {
        let budget = Budget::new(Some(Usd(100)));
        let tab = budget.tab(payer(None));
        tab.reserve(Usd(100)).unwrap();

        tab.call(Usd(30)).unwrap().settle(Some(Usd(50)));

        assert_eq!(budget.spent(), Usd(50));
        tab.call(Usd(51)).unwrap_err();
        tab.call(Usd(50)).unwrap();
    }

    #[test]
    fn a_clock_that_is_set_back_gives_no_money_a_second_time() {
        let budget = Budget::new(Some(Usd(100)));
        budget.tab(payer(None)).call(Usd(30)).unwrap().settle(None);
        let mut ledger = budget.ledger.lock().unwrap();
        let (day, now) = (ledger.day, ledger.since);

        ledger.turn_over(day.pred_opt().unwrap(), now);
        assert_eq!((ledger.all.spent, ledger.day), (Usd(30), day));
        ledger.turn_over(day, now);
        assert_eq!(ledger.all.spent, Usd(30));

        // Nor does one that was ahead for a moment take it away for long.
        ledger.turn_over(day.pred_opt().unwrap(), now + WHOLE_DAY);
        assert_eq!(ledger.all.spent, Usd(0));
    }

    #[test]
    fn a_new_day_has_new_money() {
        let budget = Budget::new(Some(Usd(100)));
        budget.tab(payer(None)).call(Usd(30)).unwrap().settle(None);
        let mut ledger = budget.ledger.lock().unwrap();
        let (tomorrow, now) = (ledger.day.succ_opt().unwrap(), ledger.since);

        ledger.turn_over(tomorrow, now);

        assert_eq!(ledger.all.spent, Usd(0));
    }

    #[test]
    fn what_was_spent_before_a_restart_counts() {
        let budget = Budget::new(Some(Usd(100)));
        budget.restore(today(), [("visitor".to_owned(), Usd(95))]);

        assert!(budget.tab(payer(None)).reserve(Usd(6)).is_err());
        assert!(budget.tab(payer(Some(95))).reserve(Usd(1)).is_err());
    }

    #[test]
    fn a_thousand_at_once_spend_no_more_than_there_is() {
        let budget = Budget::new(Some(Usd(100)));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..125 {
                        if let Ok(call) = budget.tab(payer(None)).call(Usd(3)) {
                            call.settle(Some(Usd(2)));
                        }
                    }
                });
            }
        });
        assert!(budget.spent() <= Usd(100), "{:?}", budget.spent());
        assert!(budget.spent() >= Usd(98), "{:?}", budget.spent());
    }
}
