//! What is fetched: some dozens of modules with zips of many sizes, with the bytes they must have.

use std::collections::HashMap;
use std::sync::Arc;

use testkit::{Database, Module, Upstream, client};

/// Sizes of what does not compress in a zip: none, under and over what is held back of a stream, over
/// what is kept in memory, and over several blocks of a copy.
const BALLAST: [usize; 9] = [
    0, 1_000, 30_000, 65_000, 70_000, 200_000, 500_000, 1_100_000, 2_000_000,
];

/// Module versions: four rounds over the sizes.
const MODULES: usize = 4 * BALLAST.len();

/// A path to ask for and the answer it must have.
pub(crate) type Item = (String, Arc<Vec<u8>>);

/// Everything there is to fetch, and who has it.
pub(crate) struct Goods {
    upstream: Upstream,
    database: Database,
    items: Vec<Item>,
}

/// What one client saw.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Answers that came whole and right.
    pub(crate) right: usize,
    /// Answers that did not come, or not whole: what a kill does.
    pub(crate) broken: usize,
}

impl Goods {
    pub(crate) fn new() -> Self {
        let database = Database::new("sum.localdev");
        let upstream = Upstream::start();
        upstream.relay(&database);
        let mut items = Vec::new();
        for number in 0..MODULES {
            // Two versions a module, upper case in every third path.
            let path = match number / 2 {
                half if half % 3 == 0 => format!("example.com/Upper/m{half}"),
                half => format!("example.com/m{half}"),
            };
            let version = format!("v1.{}.0", number % 2);
            let module = Module::new(&path, &version).ballast(BALLAST[number % BALLAST.len()]);
            upstream.add(&module);
            for (kind, bytes) in [
                ("info", module.info_bytes()),
                ("mod", module.mod_bytes()),
                ("zip", module.zip_bytes()),
            ] {
                items.push((format!("/{}", module.url_path(kind)), Arc::new(bytes)));
            }
            if number % 2 == 1 {
                let list = module.url_path("zip").replace("v1.1.0.zip", "list");
                items.push((format!("/{list}"), Arc::new(b"v1.0.0\nv1.1.0\n".to_vec())));
            }
        }
        Self {
            upstream,
            database,
            items,
        }
    }

    /// All items.
    pub(crate) fn all(&self) -> &[Item] {
        &self.items
    }

    /// Those that are kept in files of their own: all but the lists.
    pub(crate) fn artifacts(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|(path, _)| !is_list(path))
    }

    /// The items by path.
    pub(crate) fn by_path(&self) -> HashMap<&str, &[u8]> {
        self.items
            .iter()
            .map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
            .collect()
    }

    /// The upstream's URL and what its database believers must set.
    pub(crate) fn sources(&self) -> (String, String) {
        (self.upstream.url(), self.database.gosumdb())
    }
}

/// Whether a path is that of a version list.
pub(crate) fn is_list(path: &str) -> bool {
    path.ends_with("/list")
}

/// Asks for every item. An answer that comes whole must be right; once the server is gone the rest is
/// not asked for.
pub(crate) fn fetch(authority: &str, items: &[Item]) -> Outcome {
    let mut outcome = Outcome::default();
    for (path, bytes) in items {
        let answer = client::get(authority, path);
        if answer.status == 0 || !answer.complete {
            outcome.broken = items.len() - outcome.right;
            break;
        }
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        assert!(answer.body == **bytes, "{path}: wrong bytes were served");
        outcome.right += 1;
    }
    outcome
}

impl Outcome {
    /// Nothing was missing.
    pub(crate) fn all_right(&self) {
        assert_eq!(self.broken, 0, "of a server that was not killed: {self:?}");
    }
}
