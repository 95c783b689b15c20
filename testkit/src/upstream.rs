//! An upstream proxy on loopback that does as it is told.
//!
//! HTTP/1.1 on plain threads, so that a reply can break at any byte and nothing depends on a runtime.

mod script;
mod wire;

use std::collections::{BTreeMap, HashMap};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

pub use script::{Reply, Step, Times};

use crate::{Database, Module};
use script::Script;

/// One request as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// `GET`.
    pub method: String,
    /// The path without leading slash, still escaped.
    pub path: String,
    /// The headers by lower-case name.
    pub headers: BTreeMap<String, String>,
}

/// A proxy that serves the modules it was given, counts what it was asked, and follows a script where
/// it has one. It ends when it is dropped.
pub struct Upstream {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

/// What the threads share.
struct Shared {
    files: Mutex<HashMap<String, Arc<Vec<u8>>>>,
    versions: Mutex<BTreeMap<String, Vec<String>>>,
    database: Mutex<Option<Database>>,
    script: Mutex<Script>,
    gates: (Mutex<HashMap<String, bool>>, Condvar),
    seen: Mutex<Vec<Seen>>,
    bytes: AtomicU64,
    latency: Mutex<Duration>,
    open: Mutex<Vec<TcpStream>>,
    stopping: AtomicBool,
}

impl Upstream {
    /// Starts one that has nothing.
    pub fn start() -> Self {
        Self::start_at("127.0.0.1:0")
    }

    /// Starts one at `address`: for one that comes back where another was.
    pub fn start_at(address: &str) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            files: Mutex::default(),
            versions: Mutex::default(),
            database: Mutex::default(),
            script: Mutex::default(),
            gates: (Mutex::default(), Condvar::new()),
            seen: Mutex::default(),
            bytes: AtomicU64::new(0),
            latency: Mutex::default(),
            open: Mutex::default(),
            stopping: AtomicBool::new(false),
        });
        let acceptor = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || accept(&listener, &shared))
        };
        Self {
            address,
            shared,
            acceptor: Some(acceptor),
        }
    }

    /// Its base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves `module`, and records it in the database if there is one.
    pub fn add(&self, module: &Module) -> &Self {
        self.put(&module.url_path("info"), module.info_bytes());
        self.put(&module.url_path("mod"), module.mod_bytes());
        self.put(&module.url_path("zip"), module.zip_bytes());
        if !module.name().version.is_pseudo() {
            let mut versions = self.shared.versions.lock().unwrap();
            versions
                .entry(module.name().path.escaped())
                .or_default()
                .push(module.version.clone());
        }
        if let Some(database) = &*self.shared.database.lock().unwrap() {
            database.add(module);
        }
        self
    }

    /// Serves `bytes` at `path`, which has no leading slash.
    pub fn put(&self, path: &str, bytes: impl Into<Vec<u8>>) -> &Self {
        self.shared
            .files
            .lock()
            .unwrap()
            .insert(path.to_owned(), Arc::new(bytes.into()));
        self
    }

    /// Forgets `path`.
    pub fn remove(&self, path: &str) -> &Self {
        self.shared.files.lock().unwrap().remove(path);
        self
    }

    /// Relays `database` below `/sumdb/NAME/`; modules added from now on are recorded in it.
    pub fn relay(&self, database: &Database) -> &Self {
        *self.shared.database.lock().unwrap() = Some(database.clone());
        self
    }

    /// From now on answers `path` with `reply`. `path` may end in `*`; the newest rule that matches wins.
    pub fn script(&self, path: &str, times: Times, reply: Reply) -> &Self {
        self.shared.script.lock().unwrap().add(path, times, reply);
        self
    }

    /// Forgets the script; what waits at a gate goes on.
    pub fn behave(&self) -> &Self {
        self.shared.script.lock().unwrap().clear();
        let (gates, opened) = &self.shared.gates;
        gates
            .lock()
            .unwrap()
            .values_mut()
            .for_each(|open| *open = true);
        opened.notify_all();
        self
    }

    /// Lets go on what waits for [`Reply::Gate`] at `name`.
    pub fn open_gate(&self, name: &str) {
        let (gates, opened) = &self.shared.gates;
        gates.lock().unwrap().insert(name.to_owned(), true);
        opened.notify_all();
    }

    /// Every answer begins so much later.
    pub fn set_latency(&self, latency: Duration) -> &Self {
        *self.shared.latency.lock().unwrap() = latency;
        self
    }

    /// What was asked so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// How often `path` was asked for; `*` at the end matches the rest.
    pub fn count(&self, path: &str) -> usize {
        let seen = self.shared.seen.lock().unwrap();
        seen.iter()
            .filter(|seen| script::matches(path, &seen.path))
            .count()
    }

    /// Forgets what was asked.
    pub fn forget(&self) -> &Self {
        self.shared.seen.lock().unwrap().clear();
        self.shared.bytes.store(0, Ordering::Relaxed);
        self
    }

    /// Bytes of bodies sent so far.
    pub fn bytes_sent(&self) -> u64 {
        self.shared.bytes.load(Ordering::Relaxed)
    }

    /// Ends it: connections are closed and further ones refused.
    pub fn stop(&mut self) {
        self.shared.stopping.store(true, Ordering::Relaxed);
        self.behave();
        // Wakes the acceptor.
        let _ = TcpStream::connect(self.address);
        for connection in self.shared.open.lock().unwrap().drain(..) {
            let _ = connection.shutdown(Shutdown::Both);
        }
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.stop();
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for connection in listener.incoming() {
        if shared.stopping.load(Ordering::Relaxed) {
            return;
        }
        let Ok(connection) = connection else { continue };
        let _ = connection.set_nodelay(true);
        if let Ok(copy) = connection.try_clone() {
            let mut open = shared.open.lock().unwrap();
            open.retain(|one| one.peer_addr().is_ok());
            open.push(copy);
        }
        let shared = Arc::clone(shared);
        thread::spawn(move || {
            // A client that hangs up ends its thread; that is no failure of a test.
            let _ = wire::converse(&connection, &shared);
        });
    }
}

impl Shared {
    /// What it has at `path`.
    fn find(&self, path: &str) -> Option<Arc<Vec<u8>>> {
        if let Some(bytes) = self.files.lock().unwrap().get(path) {
            return Some(Arc::clone(bytes));
        }
        if let Some(rest) = path.strip_prefix("sumdb/") {
            let database = self.database.lock().unwrap().clone()?;
            return database.answer(rest).map(Arc::new);
        }
        let module = path.strip_suffix("/@v/list")?;
        let versions = self.versions.lock().unwrap();
        let list = versions.get(module)?.join("\n") + "\n";
        Some(Arc::new(list.into_bytes()))
    }

    /// Waits until the gate `name` is opened.
    fn wait_at(&self, name: &str) {
        let (gates, opened) = &self.gates;
        let mut gates = gates.lock().unwrap();
        gates.entry(name.to_owned()).or_insert(false);
        while !gates[name] {
            gates = opened.wait(gates).unwrap();
        }
    }
}
