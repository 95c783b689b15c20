//! From blocks to sites: walks what is started, follows calls from file to file, and notes at each
//! command what it sees.
//!
//! Files start where something starts by itself (a workflow, a unit). What is only called is walked
//! where it is called, with the caller's environment; what nobody calls is walked by itself.

pub(crate) mod call;
mod effective;
mod merge;
mod scope;

use std::collections::HashSet;
use std::sync::Arc;

use crate::block::{Block, Boundary, Item, Layer, Reach, Run, Setting, System, When};
use crate::environment::{Candidate, Environment, Value, Variable};
use crate::repository::Repository;
use crate::site::{Act, Crumb, Site, Trail};
use crate::source::Span;
use crate::text::{Part, Text};

use scope::{Offer, Scope};
pub(crate) use scope::{is_of_go, is_of_interest};

/// How deep calls and blocks may nest: deeper than people write, and a stop for what calls itself.
const DEPTH: usize = 48;

/// How many items one start may walk: a makefile whose targets call each other in a lattice would
/// otherwise be walked exponentially often.
const ITEMS: usize = 20_000;

/// How many sites one start may have: as many as items, so that the walk ends first, and says so.
const SITES: usize = ITEMS;

/// How many commands that do not use Go are kept of a repository.
const OTHERS: usize = 50_000;

/// Why what goes to a file for later steps is not seen.
pub(crate) const LATER: &str = "takes effect in later steps only";

/// Why a reusable workflow does not see the environment of its caller.
pub(crate) const INPUTS_ONLY: &str = "a called workflow sees inputs only";

/// What was found on the way.
#[derive(Debug, Default)]
pub(crate) struct Resolved {
    /// The sites.
    pub(crate) sites: Vec<Site>,
    /// Commands and writes that do not use Go.
    pub(crate) others: Vec<Site>,
    /// Where the way was lost.
    pub(crate) gaps: Vec<Gap>,
}

/// A place where the way to `go` is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Where.
    pub span: Span,
    /// What cannot be followed, in words.
    pub what: String,
}

/// Walks everything.
pub(crate) fn resolve(repository: &Repository) -> Resolved {
    let mut walker = Walker {
        repository,
        found: Resolved::default(),
        walked: HashSet::new(),
        items: 0,
        first_site: 0,
        environments: HashSet::new(),
        variables: HashSet::new(),
        candidates: HashSet::new(),
    };
    let called = call::called(repository);
    for wave in [Wave::Started, Wave::NotCalled, Wave::Left] {
        for unit in &repository.units {
            for block in &unit.blocks {
                let due = match wave {
                    Wave::Started => block.starts,
                    Wave::NotCalled => !called.contains(&block.span),
                    Wave::Left => true,
                };
                if due && !walker.walked.contains(&block.span) {
                    walker.start(block);
                }
            }
        }
    }
    walker.found
}

#[derive(Clone, Copy)]
enum Wave {
    /// What starts by itself.
    Started,
    /// What nobody calls.
    NotCalled,
    /// What only calls itself, or is called from where nobody comes.
    Left,
}

/// Where the walk is.
#[derive(Clone, Debug, Default)]
struct Way {
    /// Shared with the sites on it.
    trail: Trail,
    image: Option<String>,
    go: Option<String>,
    folder: Option<String>,
    sudo: bool,
    installed: Vec<String>,
    gaps: Vec<String>,
    depth: usize,
}

/// What outlives a block.
enum Outward {
    Offer(Offer),
    /// A line of one of Go's files that is gone.
    Unset(String, Layer, Span),
    Go(String),
    Installed(Vec<String>),
}

struct Walker<'r> {
    repository: &'r Repository,
    found: Resolved,
    walked: HashSet<Span>,
    items: usize,
    first_site: usize,
    /// The environments of sites, each once: most sites of a job see the same.
    environments: HashSet<Arc<Environment>>,
    /// Their variables, likewise.
    variables: HashSet<Arc<Variable>>,
    candidates: HashSet<Arc<Candidate>>,
}

impl Walker<'_> {
    /// Walks a block that nobody around it has prepared.
    fn start(&mut self, block: &Block) {
        self.items = 0;
        self.first_site = self.found.sites.len();
        let mut scope = Scope {
            open: !matches!(
                block.system,
                System::Docker | System::Systemd | System::Kubernetes
            ),
            given_unknown: !block.starts,
            ..Scope::default()
        };
        let way = Way {
            folder: Some(call::home(self.repository, block)),
            ..Way::default()
        };
        if block.boundary == Boundary::Closed {
            let mut way = way;
            self.inside(block, &mut scope, &mut way);
        } else {
            self.enter(block, &mut scope, &way);
        }
    }

    /// Walks a block inside others; what outlives it comes back.
    fn enter(&mut self, block: &Block, scope: &mut Scope, way: &Way) -> Vec<Outward> {
        let mut way = way.clone();
        way.depth += 1;
        if way.depth > DEPTH {
            self.lose(block.span, "calls nest too deep to be followed", &mut way);
            return Vec::new();
        }
        let outward = match block.boundary {
            Boundary::Open => self.inside(block, scope, &mut way),
            Boundary::Child => {
                let mut inner = scope.clone();
                self.inside(block, &mut inner, &mut way)
            }
            Boundary::Closed => {
                let reason = format!("{} inherits nothing", title(block));
                let mut inner = scope.closed(&reason);
                inner.passes = std::mem::take(&mut scope.passes);
                self.inside(block, &mut inner, &mut way);
                return Vec::new();
            }
        };
        outward
            .into_iter()
            .filter_map(|outward| leave(block, outward, scope))
            .collect()
    }

    fn inside(&mut self, block: &Block, scope: &mut Scope, way: &mut Way) -> Vec<Outward> {
        self.walked.insert(block.span);
        if !block.name.is_empty() || !matches!(block.kind, "script" | "shell") {
            way.trail.push(Crumb {
                what: title(block).into(),
                span: block.span,
            });
        }
        if let Some(image) = &block.image {
            enter_image(image, block.system == System::Docker, scope, way);
        }
        if let Some(folder) = &block.folder {
            way.folder = match scope.expand(folder) {
                Value::Known(folder) => way.folder.as_deref().map(|from| call::join(from, &folder)),
                _ => None,
            };
        }
        let sites_before = self.found.sites.len();
        let mut outward = Vec::new();
        for item in &block.items {
            self.items += 1;
            if self.items > ITEMS {
                self.lose(
                    block.span,
                    "too much is called from here to follow all of it",
                    way,
                );
                break;
            }
            self.item(item, block, scope, way, &mut outward);
        }
        if self.found.sites.len() == sites_before && block.items.iter().any(sets_go) {
            self.settings_site(block, scope, way);
        }
        outward
    }

    /// Notes settings that nothing here uses: a file that a host or another job reads.
    fn settings_site(&mut self, block: &Block, scope: &Scope, way: &Way) {
        self.push(new_site(
            block.span,
            Act::HostFile,
            block.system,
            scope,
            way,
        ));
    }

    fn item(
        &mut self,
        item: &Item,
        block: &Block,
        scope: &mut Scope,
        way: &mut Way,
        outward: &mut Vec<Outward>,
    ) {
        match item {
            Item::Set(setting) => set(setting, block.system, scope, outward),
            Item::Unset { name, layer, span } => {
                scope.unset(name, *layer);
                if *layer != Layer::Process {
                    outward.push(Outward::Unset(name.clone(), *layer, *span));
                }
            }
            Item::Export { name, .. } => scope.export(name),
            Item::Folder(folder) => {
                way.folder = match scope.expand(&folder.text) {
                    Value::Known(to) => way.folder.as_deref().map(|from| call::join(from, &to)),
                    Value::Unknown(_) | Value::Unset => None,
                };
            }
            Item::Branches(branches) => self.branches(branches, block, scope, way, outward),
            Item::Invisible { setting, reason } => scope.note_invisible(setting, reason),
            Item::Declare {
                name,
                default,
                span,
            } => scope.declare(name, default.as_ref(), *span),
            Item::Toolchain { version, local } => {
                if *local == Some(true) {
                    outward.push(Outward::Offer(local_toolchain(version.span)));
                }
                if let Value::Known(version) = scope.expand(&version.text) {
                    outward.push(Outward::Go(version.clone()));
                    way.go = Some(version);
                }
            }
            Item::Run(run) => self.site(run, block.system, scope, way),
            Item::Command(command) => {
                let words: Vec<_> = command
                    .words
                    .iter()
                    .map(|word| word.text.to_string())
                    .collect();
                if let Some(names) = installed(&words) {
                    outward.push(Outward::Installed(names.clone()));
                    way.installed.extend(names);
                }
                let site = new_site(command.span, Act::Command, block.system, scope, way);
                self.other(site, &words);
            }
            Item::Write(write) => {
                let site = new_site(write.path.span, written(write), block.system, scope, way);
                self.other(site, &[write.path.text.to_string()]);
            }
            Item::Block(inner) => {
                let more = self.enter(inner, scope, way);
                note_go(&more, way);
                outward.extend(more);
            }
            Item::Enclosed {
                block: inner,
                passes,
            } => self.enclosed(inner, passes, scope, way),
            Item::Call(call) => {
                let more = self.follow(call, block, scope, way);
                note_go(&more, way);
                outward.extend(more);
            }
            Item::Lost { span, what } => self.lose(*span, what, way),
        }
    }

    /// Walks each of several ways.
    fn branches(
        &mut self,
        branches: &[Vec<Item>],
        block: &Block,
        scope: &mut Scope,
        way: &mut Way,
        outward: &mut Vec<Outward>,
    ) {
        let mut ends = Vec::with_capacity(branches.len());
        let folder = way.folder.clone();
        let before = outward.len();
        for branch in branches {
            let mut inner = scope.clone();
            way.folder.clone_from(&folder);
            for item in branch {
                self.items += 1;
                if self.items > ITEMS {
                    break;
                }
                self.item(item, block, &mut inner, way, outward);
            }
            ends.push(inner);
        }
        way.folder = folder;
        // What outlives the block may not have happened.
        for outward in &mut outward[before..] {
            match outward {
                Outward::Offer(offer) => offer.when = When::Perhaps,
                Outward::Unset(name, layer, span) => {
                    *outward = Outward::Offer(perhaps_unset(name, *layer, *span));
                }
                Outward::Go(_) | Outward::Installed(_) => {}
            }
        }
        *scope = merge::merge(scope, ends);
    }

    /// Notes what does not use Go and matters all the same.
    fn other(&mut self, mut site: Site, words: &[String]) {
        if self.found.others.len() < OTHERS {
            site.words = words
                .iter()
                .map(|word| platform::secret::hide(word))
                .collect();
            site.environment = self.shared(site.environment);
            self.found.others.push(site);
        }
    }

    /// Notes a site.
    fn site(&mut self, run: &Run, system: System, scope: &Scope, way: &Way) {
        let around = scope;
        let mut scope = scope.clone();
        if run.sudo {
            scope.drop_process("sudo drops it (env_reset)", call::sudo_keeps);
        }
        for setting in &run.settings {
            // The shell in front of sudo expands `sudo X="$X"`.
            let mut offer = if run.sudo { around } else { &scope }.offer(setting);
            (offer.reach, offer.rank) = (Reach::Block, u8::MAX);
            scope.set(offer, system);
        }
        let words = run.words.iter().map(|word| platform::secret::hide(word));
        let mut site = new_site(run.span, Act::Run(run.tool.clone()), system, &scope, way);
        site.words = words.collect();
        site.sudo |= run.sudo;
        self.push(site);
    }

    fn push(&mut self, mut site: Site) {
        if self.found.sites.len() - self.first_site < SITES {
            site.environment = self.shared(site.environment);
            // Sites are large: of a vector that doubles, up to half would be empty.
            if self.found.sites.len() == self.found.sites.capacity() {
                self.found
                    .sites
                    .reserve_exact(self.found.sites.len() / 8 + 64);
            }
            self.found.sites.push(site);
        }
    }

    /// The same environment, of another site where one has it; else with variables that others have.
    fn shared(&mut self, mut environment: Arc<Environment>) -> Arc<Environment> {
        if let Some(known) = self.environments.get(&environment) {
            return Arc::clone(known);
        }
        for variable in Arc::make_mut(&mut environment).variables.values_mut() {
            if let Some(known) = self.variables.get(variable) {
                *variable = Arc::clone(known);
            } else {
                let candidates = &mut Arc::make_mut(variable).candidates;
                candidates.shrink_to_fit();
                for candidate in candidates {
                    if let Some(known) = self.candidates.get(candidate) {
                        *candidate = Arc::clone(known);
                    } else {
                        self.candidates.insert(Arc::clone(candidate));
                    }
                }
                self.variables.insert(Arc::clone(variable));
            }
        }
        self.environments.insert(Arc::clone(&environment));
        environment
    }

    /// Notes that the way is lost.
    fn lose(&mut self, span: Span, what: &str, way: &mut Way) {
        way.gaps.push(what.to_owned());
        let gap = Gap {
            span,
            what: what.to_owned(),
        };
        if !self.found.gaps.contains(&gap) {
            self.found.gaps.push(gap);
        }
    }
}

/// Sets a variable, here or for what comes later.
fn set(setting: &Setting, system: System, scope: &mut Scope, outward: &mut Vec<Outward>) {
    let offer = scope.offer(setting);
    if offer.layer != Layer::Process || offer.reach == Reach::Later {
        outward.push(Outward::Offer(offer.clone()));
    }
    if offer.reach == Reach::Later && offer.layer == Layer::Process {
        scope.note_later(&offer);
    } else {
        scope.set(offer, system);
    }
}

/// What a block around sees of what outlives `block`; what goes further comes back.
fn leave(block: &Block, outward: Outward, scope: &mut Scope) -> Option<Outward> {
    let ends_machine = matches!(
        block.kind,
        "job" | "stage" | "unit" | "service" | "pod" | "container"
    );
    match outward {
        Outward::Go(version) => (!ends_machine).then_some(Outward::Go(version)),
        Outward::Installed(names) => (!ends_machine).then_some(Outward::Installed(names)),
        Outward::Unset(name, layer, span) => {
            if ends_machine {
                return None;
            }
            if block.boundary == Boundary::Child {
                scope.unset(&name, layer);
            }
            Some(Outward::Unset(name, layer, span))
        }
        Outward::Offer(offer) if offer.layer != Layer::Process => {
            if ends_machine {
                return None;
            }
            // An open block has set it already.
            if block.boundary == Boundary::Child {
                scope.set(offer.clone(), block.system);
            }
            Some(Outward::Offer(offer))
        }
        Outward::Offer(offer) if block.kind == "step" => {
            let here = Offer {
                reach: Reach::Block,
                ..offer.clone()
            };
            scope.set(here, block.system);
            // A step of an action reaches the later steps of the job that uses the action.
            Some(Outward::Offer(offer))
        }
        Outward::Offer(offer) => (!ends_machine).then_some(Outward::Offer(offer)),
    }
}

fn note_go(outward: &[Outward], way: &mut Way) {
    for outward in outward {
        match outward {
            Outward::Go(version) => way.go = Some(version.clone()),
            Outward::Installed(names) => way.installed.extend(names.iter().cloned()),
            Outward::Offer(_) | Outward::Unset(..) => {}
        }
    }
}

/// The name of an image with the build arguments in it that the caller gives.
fn image_text(image: &Text, scope: &Scope) -> Text {
    let parts = image.parts.iter().map(|part| {
        let Part::Variable { name, fallback } = part else {
            return part.clone();
        };
        match scope.passes.get(name).map(|passed| &passed.value) {
            Some(Value::Known(value)) => Part::Literal(value.clone()),
            Some(_) => Part::Unknown {
                written: format!("${name}"),
                secret: false,
                fallback: None,
            },
            None if fallback.is_none() && !scope.open && !scope.slots.contains_key(name) => {
                Part::Unknown {
                    written: format!("${name}"),
                    secret: false,
                    fallback: None,
                }
            }
            None => part.clone(),
        }
    });
    Text {
        parts: parts.collect(),
    }
}

/// Whether an item sets a variable of Go.
fn sets_go(item: &Item) -> bool {
    match item {
        Item::Set(setting) => is_of_go(&setting.name),
        _ => false,
    }
}

/// What an image brings.
fn enter_image(image: &crate::block::Located, is_build: bool, scope: &mut Scope, way: &mut Way) {
    let image_name = match scope.expand(&image_text(&image.text, scope)) {
        Value::Known(name) => name,
        Value::Unknown(_) | Value::Unset => {
            way.image = None;
            way.go = None;
            return;
        }
    };
    let facts = crate::images::facts(&image_name);
    way.go = facts.as_ref().and_then(|facts| facts.go.clone());
    for (name, value) in facts.iter().flat_map(|facts| &facts.environment) {
        let offer = Offer {
            name: (*name).to_owned(),
            value: Value::Known((*value).to_owned()),
            span: Some(image.span),
            how: format!("image {image_name}"),
            layer: Layer::Process,
            reach: Reach::Block,
            // What a CI system sets in a container wins over the image.
            when: if is_build {
                When::Always
            } else {
                When::IfUnset
            },
            // As with an ENV of its own, no ARG wins over it.
            rank: u8::from(is_build),
            secret: false,
        };
        scope.set(offer, System::Docker);
    }
    way.image = Some(image_name);
}

/// A site at this point of the way, without words.
fn new_site(span: Span, act: Act, system: System, scope: &Scope, way: &Way) -> Site {
    Site {
        span,
        act,
        words: Vec::new(),
        system,
        trail: way.trail.clone(),
        environment: Arc::new(effective::environment(scope, way.gaps.is_empty())),
        go: way.go.clone(),
        image: way.image.clone(),
        folder: way.folder.clone(),
        sudo: way.sudo,
        gaps: way.gaps.clone(),
        installed: way.installed.clone(),
        passes: Vec::new(),
        builds: None,
    }
}

fn written(write: &crate::block::Write) -> Act {
    Act::Write {
        content: write.content.clone(),
        append: write.append,
    }
}

/// A line of one of Go's files that may be gone.
fn perhaps_unset(name: &str, layer: Layer, span: Span) -> Offer {
    Offer {
        name: name.to_owned(),
        value: Value::Unknown("none".to_owned()),
        span: Some(span),
        how: "go env -u".to_owned(),
        layer,
        reach: Reach::Block,
        when: When::Perhaps,
        rank: 0,
        secret: false,
    }
}

/// What setup-go exports for the later steps.
fn local_toolchain(span: Span) -> Offer {
    Offer {
        name: "GOTOOLCHAIN".to_owned(),
        value: Value::Known("local".to_owned()),
        span: Some(span),
        how: "setup-go".to_owned(),
        layer: Layer::Process,
        reach: Reach::Later,
        when: When::IfUnset,
        rank: 0,
        secret: false,
    }
}

/// The packages that a command installs.
fn installed(words: &[String]) -> Option<Vec<String>> {
    let [first, rest @ ..] = words else {
        return None;
    };
    let is_manager = matches!(
        first.as_str(),
        "apk" | "apt" | "apt-get" | "dnf" | "yum" | "microdnf" | "zypper" | "pacman" | "tdnf"
    );
    let verbs = ["add", "install", "-S", "-Sy", "-Syu"];
    let verb = rest
        .iter()
        .position(|word| verbs.contains(&word.as_str()))?;
    let packages = rest[verb + 1..]
        .iter()
        .filter(|word| !word.starts_with('-'));
    is_manager.then(|| packages.cloned().collect())
}

/// A block for people: `job build`, `step "test"`.
fn title(block: &Block) -> String {
    match (block.kind, block.name.as_str()) {
        (kind, "") => kind.to_owned(),
        ("step", name) => format!("step \"{name}\""),
        (kind, name) => format!("{kind} {name}"),
    }
}

#[cfg(test)]
mod tests;
