//! The API keys there are, as they were a moment ago.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::domain::api_key::{ApiKey, Secret};
use crate::store::{Store, StoreError};

/// A key that is issued or taken back elsewhere is known here after so long.
const FRESH: Duration = Duration::from_secs(1);

/// The API keys there are. Cheap to clone.
#[derive(Clone)]
pub struct Keyring {
    store: Store,
    known: Arc<RwLock<Option<Known>>>,
    reading: Arc<Mutex<()>>,
}

/// The keys, and when they were read.
type Known = (Instant, Arc<[ApiKey]>);

impl Keyring {
    /// The keys in this store.
    pub fn new(store: Store) -> Self {
        Self { store, known: Arc::default(), reading: Arc::default() }
    }

    /// All keys.
    pub async fn keys(&self) -> Result<Arc<[ApiKey]>, StoreError> {
        if let Some(keys) = self.fresh() {
            return Ok(keys);
        }
        let _reading = self.reading.lock().await;
        if let Some(keys) = self.fresh() {
            return Ok(keys);
        }
        let keys: Arc<[ApiKey]> = self.store.keys().await?.into();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        *known = Some((Instant::now(), Arc::clone(&keys)));
        Ok(keys)
    }

    /// The key with this secret.
    pub async fn find(&self, secret: &Secret) -> Result<Option<ApiKey>, StoreError> {
        let hash = secret.hash();
        Ok(self.keys().await?.iter().find(|key| key.hash == hash).cloned())
    }

    fn fresh(&self) -> Option<Arc<[ApiKey]>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let (read_at, keys) = known.as_ref()?;
        (read_at.elapsed() < FRESH).then(|| Arc::clone(keys))
    }
}
