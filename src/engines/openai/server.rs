//! Asks a server for a stage: again if that may help, not at all while it is down.

use std::error::Error;
use std::io;
use std::time::Duration;

use chrono::Utc;
use reqwest::Response;
use tokio::sync::MutexGuard;
use tokio::time::{Instant, sleep_until, timeout};

use crate::engines::openai::answer::Answer;
use crate::engines::openai::breaker::Breaker;
use crate::engines::openai::client::client;
use crate::engines::openai::complaint::Complaint;
use crate::engines::openai::request::Request;
use crate::engines::openai::retries::{Budget, LONGEST_WAIT, MOST_RETRIES, asked_wait, jitter};
use crate::pipeline::error::{EngineError, Stage};
use crate::pipeline::utterance::Utterance;
use crate::settings::Endpoint;

/// The longest complaint that is read, and for how long.
const LONGEST_COMPLAINT: usize = 64 * 1024;
const COMPLAINING: Duration = Duration::from_secs(3);

/// A server as one stage asks it.
pub(super) struct Server {
    endpoint: Endpoint,
    /// How long nothing may come before it has failed.
    patience: Duration,
    breaker: Breaker,
    budget: Budget,
}

/// Why there is no answer.
pub(super) struct Trouble {
    error: EngineError,
    complaint: Option<Complaint>,
    /// Whether the server failed or takes no more, and not what was asked of it is at fault.
    failure: bool,
    /// How long to wait for another try at the least; none if there is no use in one.
    wait: Option<Duration>,
}

impl Server {
    pub(super) fn new(endpoint: Endpoint, patience: Duration) -> Result<Self, EngineError> {
        // Whether there can be a client at all is known at once.
        client()?;
        let (breaker, budget) = (Breaker::default(), Budget::new());
        Ok(Self { endpoint, patience, breaker, budget })
    }

    /// The same, for this stage: those who watch see whether it is left alone.
    pub(super) fn for_stage(self, stage: Stage) -> Self {
        Self { breaker: Breaker::of(stage), ..self }
    }

    pub(super) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Asks, and waits for the first bytes of the answer. Until they are there it may be asked
    /// again. Dropping the future takes the question back.
    pub(super) async fn ask(&self, request: &Request) -> Result<Answer, Trouble> {
        self.ask_within(request, &Utterance::default()).await
    }

    /// Asks for a part of something that counts once, however many of its parts are asked for at
    /// the same time: in what it earns, in how often it is tried again, and as a failure.
    pub(super) async fn ask_within(
        &self,
        request: &Request,
        whole: &Utterance,
    ) -> Result<Answer, Trouble> {
        if whole.begin() {
            self.budget.earn();
        }
        let mut ahead = self.go_ahead(whole).await?;
        let mut attempt = 0;
        loop {
            let first = ahead.is_none().then_some(whole);
            let trouble = match self.attempt(request, first).await {
                Ok(answer) => return Ok(answer),
                Err(trouble) => trouble,
            };
            let again = next_try(&trouble, attempt);
            if let (Some(_), None) = (again, &ahead) {
                ahead = self.go_ahead(whole).await?;
            }
            match again {
                Some(again) if self.budget.spend() => sleep_until(again).await,
                _ => return Err(trouble.losing(whole)),
            }
            attempt += 1;
        }
    }

    /// While the server may be down, one part finds that out for all: the others wait for it.
    async fn go_ahead<'whole>(
        &self,
        whole: &'whole Utterance,
    ) -> Result<Option<MutexGuard<'whole, ()>>, Trouble> {
        if !self.breaker.is_doubtful() {
            return Ok(None);
        }
        let ahead = whole.alone().await;
        match whole.lost() {
            Some(lost) => Err(lost.clone().into()),
            None => Ok(self.breaker.is_doubtful().then_some(ahead)),
        }
    }

    /// Asks once. A failure counts each time, but once only for the parts of `whole`.
    async fn attempt(
        &self,
        request: &Request,
        whole: Option<&Utterance>,
    ) -> Result<Answer, Trouble> {
        let now = || Instant::now().into_std();
        let pass = self.breaker.enter(now())?;
        let answered = self.exchange(request).await;
        match &answered {
            Ok(_) => pass.worked(),
            Err(trouble) if !trouble.failure => pass.refused(),
            Err(trouble) => {
                let counts = whole.is_none_or(Utterance::fail);
                pass.failed(&trouble.error, counts, now());
            }
        }
        answered
    }

    async fn exchange(&self, request: &Request) -> Result<Answer, Trouble> {
        let sent = request.build(&client()?, &self.endpoint)?.send();
        let response = match timeout(self.patience, sent).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(self.unreached(&error)),
            Err(_) => return Err(Trouble::silence()),
        };
        if !response.status().is_success() {
            return Err(self.complaint(response).await);
        }
        Answer::begin(response, self.patience).await.map_err(|error| match error {
            EngineError::Timeout => Trouble::silence(),
            // Nothing of it has come, so nothing would come twice.
            error => Trouble::failure(error, Some(Duration::ZERO)),
        })
    }

    async fn complaint(&self, response: Response) -> Trouble {
        let (status, wait) = (response.status(), asked_wait(response.headers(), Utc::now()));
        let reading = async {
            let answer = Answer::begin(response, COMPLAINING).await?;
            answer.whole(LONGEST_COMPLAINT).await
        };
        let read = timeout(COMPLAINING, reading).await;
        let body = read.ok().and_then(Result::ok).unwrap_or_default();
        let complaint = Complaint::new(status, wait, &body);
        Trouble {
            error: complaint.meaning(&self.endpoint),
            failure: complaint.is_failure() || complaint.is_limit(),
            wait: complaint.wait(),
            complaint: Some(complaint),
        }
    }

    /// What it means that no answer came. The error's own text is not shown: it holds the address.
    fn unreached(&self, error: &reqwest::Error) -> Trouble {
        let host = self.endpoint.host();
        let unavailable = |text: String| EngineError::Unavailable(text);
        if error.is_dns() {
            let text = format!("there is no {host}, or no network; look at the base URL");
            return Trouble::failure(unavailable(text), None);
        }
        if error.is_timeout() {
            let text = format!("{host} cannot be reached in time; look at the network");
            return Trouble::failure(unavailable(text), None);
        }
        match insecure(error) {
            Some(rustls::Error::InvalidCertificate(_)) => {
                let text = format!(
                    "{host} cannot prove who it is, so no key is shown to it; look at its \
                     certificate and at this computer's (package ca-certificates)"
                );
                return Trouble::failure(unavailable(text), None);
            }
            Some(_) => {
                let text = format!(
                    "no secure connection can be made to {host}, so no key is shown to it; does \
                     its base URL begin with http:// perhaps?"
                );
                return Trouble::failure(unavailable(text), None);
            }
            None => {}
        }
        let text = if error.is_connect() {
            format!("nobody answers at {host}; is the server running, and is the base URL right?")
        } else {
            format!("{host} closed the connection without an answer; try again")
        };
        Trouble::failure(unavailable(text), Some(Duration::ZERO))
    }
}

/// Why there is no secure connection, if that is what failed.
fn insecure(error: &reqwest::Error) -> Option<&rustls::Error> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref() {
            return Some(error);
        }
        cause = match error.downcast_ref::<io::Error>() {
            // What an I/O error is made of is not what it calls its source.
            Some(error) => error.get_ref().map(|inner| inner as &(dyn Error + 'static)),
            None => error.source(),
        };
    }
    None
}

/// When to try again, if that may help and is not too much to ask.
fn next_try(trouble: &Trouble, attempt: u32) -> Option<Instant> {
    let wait = trouble.wait? + jitter(attempt);
    let worth_it = attempt < MOST_RETRIES && wait <= LONGEST_WAIT;
    worth_it.then(|| Instant::now() + wait)
}

impl Trouble {
    /// With it, all that was asked for is lost, if it is the server that failed.
    fn losing(self, whole: &Utterance) -> Self {
        if self.failure {
            whole.lose(self.error.clone());
        }
        self
    }

    fn failure(error: EngineError, wait: Option<Duration>) -> Self {
        Self { error, complaint: None, failure: true, wait }
    }

    /// The listener has waited long enough, and the work may have been paid for.
    fn silence() -> Self {
        Self::failure(EngineError::Timeout, None)
    }

    /// Whether the server has no such resource.
    pub(super) fn is_missing(&self) -> bool {
        self.complaint.as_ref().is_some_and(Complaint::is_missing)
    }

    /// Whether the server does not know this parameter, or not with this value.
    pub(super) fn is_about(&self, parameter: &str) -> bool {
        self.complaint.as_ref().is_some_and(|complaint| complaint.is_about(parameter))
    }

    /// Whether the server only has something against this value of it.
    pub(super) fn is_about_value(&self, parameter: &str) -> bool {
        self.is_about(parameter) && !self.is_lasting()
    }

    /// Whether the complaint is about what is asked at all, and not only about a value.
    pub(super) fn is_lasting(&self) -> bool {
        self.complaint.as_ref().is_some_and(Complaint::is_lasting)
    }

    /// Whether the server names this parameter as the one that it complains of.
    pub(super) fn names(&self, parameter: &str) -> bool {
        self.complaint.as_ref().is_some_and(|complaint| complaint.names(parameter))
    }
}

impl From<EngineError> for Trouble {
    /// One that another try does not help.
    fn from(error: EngineError) -> Self {
        Self { error, complaint: None, failure: false, wait: None }
    }
}

impl From<Trouble> for EngineError {
    fn from(trouble: Trouble) -> Self {
        trouble.error
    }
}
