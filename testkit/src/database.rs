//! A checksum database of our own, under a key of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use sumdb::{Log, Signer, Tile};

use crate::Module;

/// A database; clones share the log.
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

struct Inner {
    name: String,
    signer: Signer,
    content: Mutex<Content>,
}

#[derive(Default)]
struct Content {
    log: Log,
    /// Record numbers by `PATH@VERSION`, escaped.
    ids: HashMap<String, u64>,
}

impl Database {
    /// An empty one called `name`, with a key made from the name.
    pub fn new(name: &str) -> Self {
        Self::with_seed(name, 1)
    }

    /// An empty one called `name` with another key for each `seed`.
    pub fn with_seed(name: &str, seed: u8) -> Self {
        let signer = Signer::from_seed(name, &[seed; 32]).unwrap();
        Self {
            inner: Arc::new(Inner {
                name: name.to_owned(),
                signer,
                content: Mutex::default(),
            }),
        }
    }

    /// The value of GOSUMDB for those who believe it.
    pub fn gosumdb(&self) -> String {
        self.inner.signer.verifier_key()
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// Records `module`.
    pub fn add(&self, module: &Module) -> &Self {
        let name = module.name();
        self.add_record(
            &format!("{}@{}", name.path.escaped(), name.version.escaped()),
            &module.sum_lines(),
        )
    }

    /// Records `text` as the answer for `key`, `PATH@VERSION` escaped.
    pub fn add_record(&self, key: &str, text: &str) -> &Self {
        let mut content = self.inner.content.lock().unwrap();
        let id = content.log.append(text).unwrap();
        content.ids.insert(key.to_owned(), id);
        self
    }

    /// How many records it has.
    pub fn size(&self) -> u64 {
        self.inner.content.lock().unwrap().log.size()
    }

    /// The signed head of its tree.
    pub fn head(&self) -> Vec<u8> {
        let content = self.inner.content.lock().unwrap();
        content
            .log
            .sign_head(&self.inner.signer, content.log.size())
            .unwrap()
    }

    /// The signed head over its first `size` records.
    pub fn head_at(&self, size: u64) -> Option<Vec<u8>> {
        self.inner
            .content
            .lock()
            .unwrap()
            .log
            .sign_head(&self.inner.signer, size)
    }

    /// The answer below `/sumdb/`: `NAME/supported`, `NAME/latest`, `NAME/lookup/...`, `NAME/tile/...`.
    pub fn answer(&self, path: &str) -> Option<Vec<u8>> {
        let rest = path.strip_prefix(self.name())?.strip_prefix('/')?;
        let content = self.inner.content.lock().unwrap();
        let size = content.log.size();
        match rest {
            "supported" => Some(Vec::new()),
            "latest" => content.log.sign_head(&self.inner.signer, size),
            _ => match rest.strip_prefix("lookup/") {
                Some(key) => {
                    content
                        .log
                        .lookup_answer(&self.inner.signer, *content.ids.get(key)?, size)
                }
                None => content.log.tile(&Tile::parse(rest)?),
            },
        }
    }
}
