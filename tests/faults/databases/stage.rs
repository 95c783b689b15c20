//! A checksum database, the upstream that relays it, and what can be made to go wrong with them.

use testkit::{Database, Module, Reply, Times, Upstream};

use super::lies::Tell;
use crate::zips::changed;

/// Nobody listens there, should it be asked directly.
pub(super) const NAME: &str = "localhost:1";

/// An upstream, the database that it relays, and two modules in both.
pub(super) struct Stage {
    pub(super) upstream: Upstream,
    pub(super) database: Database,
    /// The one that is lied about.
    pub(super) module: Module,
    /// Recorded last.
    pub(super) first: Module,
}

impl Stage {
    pub(super) fn new() -> Self {
        let stage = Self {
            upstream: Upstream::start(),
            database: Database::new(NAME),
            module: Module::new("lied.example/m", "v1.0.0"),
            first: Module::new("first.example/m", "v1.0.0"),
        };
        stage.upstream.relay(&stage.database);
        for number in 0..5 {
            stage.upstream.add(&filler(number));
        }
        stage.upstream.add(&stage.module).add(&stage.first);
        // One for whom nobody vouches.
        let alive = Module::new("alive.exempt.example/m", "v1.0.0");
        stage.upstream.add(&alive);
        stage
    }

    /// Does what a row says.
    pub(super) fn tell(&self, tell: &Tell) {
        match tell {
            Tell::Lookup(reply) => self.lookup(reply.clone()),
            Tell::Supported(reply) => self.at("supported", reply.clone()),
            Tell::Answer(change) => self.lookup(Reply::Body(change(&self.answer()).into_bytes())),
            Tell::Line(add) => {
                let other = changed(&self.module);
                self.upstream
                    .put(&self.module.url_path("zip"), other.zip_bytes());
                let lines = other.sum_lines();
                let line = lines.lines().next().unwrap();
                self.lookup(Reply::Body(add(&self.answer(), line).into_bytes()));
            }
            Tell::Record(text) => self.records(&text(&self.module)),
            Tell::Tile(reply) => {
                let path = format!("tile/8/0/000.p/{}", self.database.size());
                let tile = self.database.answer(&format!("{NAME}/{path}")).unwrap();
                self.at(&path, reply(tile));
            }
            Tell::Set(set) => set(self),
        }
    }

    /// The right answer to the lookup of the module.
    pub(super) fn answer(&self) -> String {
        String::from_utf8(self.database.answer(&self.lookup_path(NAME)).unwrap()).unwrap()
    }

    pub(super) fn at(&self, path: &str, reply: Reply) {
        let path = format!("sumdb/{NAME}/{path}");
        self.upstream.script(&path, Times::Always, reply);
    }

    pub(super) fn lookup_path(&self, name: &str) -> String {
        format!("{name}/lookup/{}@{}", self.module.path, self.module.version)
    }

    /// Answers the lookup of the module so.
    pub(super) fn lookup(&self, reply: Reply) {
        let path = format!("sumdb/{}", self.lookup_path(NAME));
        self.upstream.script(&path, Times::Always, reply);
    }

    /// Answers it with the head over the first `size` records.
    pub(super) fn lookup_at(&self, size: u64) {
        let head = String::from_utf8(self.database.head_at(size).unwrap()).unwrap();
        let answer = self.answer();
        let record = answer.split_once("\n\n").unwrap().0;
        self.lookup(Reply::Body(format!("{record}\n\n{head}").into_bytes()));
    }

    /// A database under the same key as the right one, with these records and no other.
    pub(super) fn relay_other(&self, modules: &[&Module]) {
        let other = Database::new(NAME);
        for module in modules {
            other.add(module);
        }
        self.upstream.relay(&other);
    }

    /// A database under the same key has `text` as the module's record.
    pub(super) fn records(&self, text: &str) {
        let other = Database::new(NAME);
        other.add(&self.first);
        let key = format!("{}@{}", self.module.path, self.module.version);
        other.add_record(&key, text);
        self.upstream.relay(&other);
    }

    /// All is well again.
    pub(super) fn mend(&self) {
        self.upstream.behave().relay(&self.database);
        self.upstream
            .put(&self.module.url_path("zip"), self.module.zip_bytes());
    }
}

pub(super) fn filler(number: usize) -> Module {
    Module::new(&format!("filler{number}.example/m"), "v1.0.0")
}
