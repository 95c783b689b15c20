//! How much of the local disk is used, and by what that was used last. Pure.

use std::collections::{BTreeMap, HashMap};

use gomod::ModuleVersion;

/// Versions that were there at the start are older than all that is used later.
const FIRST_USE: u64 = 1 << 40;

/// The versions held locally, in the order of their last use.
pub(super) struct Space {
    limit: u64,
    used: u64,
    versions: HashMap<ModuleVersion, Version>,
    order: BTreeMap<u64, ModuleVersion>,
    next_use: u64,
    next_found: u64,
}

struct Version {
    bytes: u64,
    last_use: u64,
}

impl Space {
    /// Nothing yet, `limit` bytes at most.
    pub(super) fn new(limit: u64) -> Self {
        Self {
            limit,
            used: 0,
            versions: HashMap::new(),
            order: BTreeMap::new(),
            next_use: FIRST_USE,
            next_found: 0,
        }
    }

    /// `module` was used now.
    pub(super) fn touch(&mut self, module: &ModuleVersion) {
        let now = self.next_use;
        if let Some(version) = self.versions.get_mut(module)
            && let Some(key) = self.order.remove(&version.last_use)
        {
            version.last_use = now;
            self.next_use += 1;
            self.order.insert(now, key);
        }
    }

    /// `module` has so many bytes more, and was used now.
    pub(super) fn grow(&mut self, module: &ModuleVersion, bytes: u64) {
        let now = self.next_use;
        self.next_use += 1;
        self.add(module, bytes, now);
        self.touch(module);
    }

    /// `module` was found at the start with so many bytes; to be told in the
    /// order of age, the oldest first. What was used meanwhile is known already.
    pub(super) fn find(&mut self, module: &ModuleVersion, bytes: u64) {
        let known = self.versions.get(module);
        if known.is_some_and(|version| version.last_use >= FIRST_USE) {
            return;
        }
        let then = self.next_found;
        self.next_found += 1;
        self.add(module, bytes, then);
    }

    fn add(&mut self, module: &ModuleVersion, bytes: u64, last_use: u64) {
        self.used += bytes;
        if let Some(version) = self.versions.get_mut(module) {
            version.bytes += bytes;
            return;
        }
        self.order.insert(last_use, module.clone());
        self.versions
            .insert(module.clone(), Version { bytes, last_use });
    }

    /// Takes out the version used longest ago that may go, if there is too much.
    pub(super) fn shrink(
        &mut self,
        may_go: impl Fn(&ModuleVersion) -> bool,
    ) -> Option<ModuleVersion> {
        if self.used <= self.limit {
            return None;
        }
        let module = self.order.values().find(|module| may_go(module))?.clone();
        self.forget(&module);
        Some(module)
    }

    /// `module` is not held any more.
    pub(super) fn forget(&mut self, module: &ModuleVersion) {
        if let Some(version) = self.versions.remove(module) {
            self.order.remove(&version.last_use);
            self.used -= version.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use gomod::ModulePath;

    use super::*;

    fn module(name: &str) -> ModuleVersion {
        let path = ModulePath::parse(&format!("example.com/{name}")).unwrap();
        ModuleVersion::new(path, gomod::Version::parse("v1.0.0").unwrap()).unwrap()
    }

    #[test]
    fn what_was_used_longest_ago_goes_unless_it_must_stay() {
        let mut space = Space::new(25);
        space.grow(&module("b"), 10);
        space.find(&module("old"), 5);
        space.grow(&module("c"), 10);
        assert_eq!(space.shrink(|_| true), None);
        space.touch(&module("b"));
        space.grow(&module("d"), 20);
        let kept = module("old");
        assert_eq!(space.shrink(|module| *module != kept), Some(module("c")));
        assert_eq!(space.shrink(|_| true), Some(module("old")));
        assert_eq!(space.shrink(|_| true), Some(module("b")));
        assert_eq!(space.shrink(|_| true), None);
        assert_eq!((space.used, space.order.len()), (20, 1));
    }
}
