//! Following calls from file to file.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::block::{Block, Boundary, Call, Item, Reach, Setting, System, Target};
use crate::environment::Value;
use crate::repository::Repository;
use crate::site::{Act, Crumb, Site};
use crate::source::{FileId, Span};
use crate::text::Text;
use crate::unit::Unit;

use super::scope::{Offer, Passed, Scope};
use super::{Outward, Walker, Way, effective};

/// The default names of makefiles, in the order of make.
const MAKEFILES: [&str; 3] = ["GNUmakefile", "makefile", "Makefile"];

/// The default names of compose files, in the order of compose.
const COMPOSE_FILES: [&str; 4] = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
];

/// The default names of bake files.
const BAKE_FILES: [&str; 4] = [
    "docker-bake.json",
    "docker-bake.override.json",
    "docker-bake.hcl",
    "docker-bake.override.hcl",
];

/// The default names of Dockerfiles in a context.
const DOCKERFILES: [&str; 2] = ["Dockerfile", "Containerfile"];

/// Build arguments that are seen in every stage without being declared.
const PREDEFINED_ARGS: [&str; 5] = [
    "ALL_PROXY",
    "FTP_PROXY",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
];

/// What sudo keeps of the environment by itself (sudoers' usual `env_keep` and what it sets anew).
pub(crate) fn sudo_keeps(name: &str) -> bool {
    matches!(name, "PATH" | "HOME" | "TERM" | "LANG" | "DISPLAY")
}

/// A path below the root from a folder below the root; `..` and `.` are taken away.
pub(crate) fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = if path.starts_with('/') {
        Vec::new()
    } else {
        folder.split('/').filter(|part| !part.is_empty()).collect()
    };
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The blocks that something calls by a name that the files tell, so that they are not walked by themselves.
pub(super) fn called(repository: &Repository) -> HashSet<Span> {
    let mut called = HashSet::new();
    let mut todo: Vec<&Block> = repository
        .units
        .iter()
        .flat_map(|unit| &unit.blocks)
        .collect();
    while let Some(block) = todo.pop() {
        let mut items: Vec<&Item> = block.items.iter().collect();
        while let Some(item) = items.pop() {
            match item {
                Item::Block(inner) | Item::Enclosed { block: inner, .. } => todo.push(inner),
                Item::Branches(ways) => items.extend(ways.iter().flatten()),
                Item::Call(call) => {
                    let scope = Scope::default();
                    for folder in [String::new(), folder_of(repository, call.span)] {
                        let way = Way {
                            folder: Some(folder),
                            ..Way::default()
                        };
                        if let Ok(blocks) = find(repository, call, &scope, &way) {
                            // Recursion in one file is no call from outside.
                            let others = blocks
                                .blocks
                                .iter()
                                .filter(|other| other.span != block.span);
                            called.extend(others.map(|other| other.span));
                        }
                    }
                }
                _ => {}
            }
        }
    }
    called
}

fn folder_of(repository: &Repository, span: Span) -> String {
    let path = &repository.file(span.file).path;
    path.rsplit_once('/')
        .map_or("", |(folder, _)| folder)
        .to_owned()
}

/// Where something runs that no other file calls: makefiles and Dockerfiles in their own folder, a workflow at
/// the root of its repository, be that below the root of what is audited, and the rest at the root.
pub(super) fn home(repository: &Repository, block: &Block) -> String {
    let folder = folder_of(repository, block.span);
    match block.system {
        System::Make | System::Docker | System::Compose | System::Bake => folder,
        System::GitHub => match folder.split_once(".github") {
            Some((home, _)) => home.trim_end_matches('/').to_owned(),
            None => String::new(),
        },
        _ => String::new(),
    }
}

/// What a call leads to.
struct Found<'r> {
    blocks: Vec<&'r Block>,
    /// What runs in front of each, in the same place: the variables of a makefile.
    front: Option<&'r Block>,
    /// Where it runs, when that is not where the caller is.
    folder: Option<String>,
    file: FileId,
}

/// The same from the root, and where that leads nowhere, from the folder of the file that calls. Nobody says
/// where one runs what no other file calls; mostly it is one of the two.
fn find_from<'r>(
    repository: &'r Repository,
    call: &Call,
    scope: &Scope,
    way: &Way,
) -> Result<Found<'r>, String> {
    let found = find(repository, call, scope, way);
    let own = folder_of(repository, call.span);
    let other = match way.folder.as_deref() {
        Some("") => own,
        Some(folder) if folder == own => String::new(),
        _ => return found,
    };
    found.or_else(|what| {
        let there = Way {
            folder: Some(other.clone()),
            ..Way::default()
        };
        let mut found = find(repository, call, scope, &there).map_err(|_| what)?;
        found.folder.get_or_insert(other);
        Ok(found)
    })
}

/// What a call leads to; else what cannot be followed, in words.
fn find<'r>(
    repository: &'r Repository,
    call: &Call,
    scope: &Scope,
    way: &Way,
) -> Result<Found<'r>, String> {
    match &call.target {
        Target::Script { path, .. } => {
            let path = known(scope, path, "script")?;
            let (file, unit) = at(repository, way, &[path.as_str()], "script")?;
            Ok(Found {
                blocks: unit.blocks.iter().collect(),
                front: None,
                folder: None,
                file,
            })
        }
        Target::Make {
            file,
            folder,
            targets,
        } => find_make(
            repository,
            scope,
            way,
            (file.as_ref(), folder.as_ref(), targets),
        ),
        Target::Goal { file, name } => {
            let unit = repository.unit(*file);
            let unit =
                unit.ok_or_else(|| format!("the makefile of target `{name}` was not read"))?;
            let mut found = make_targets(unit, std::slice::from_ref(name))?;
            found.front = None;
            Ok(found)
        }
        Target::Image {
            file,
            context,
            stage,
        } => {
            let (file, unit) = dockerfile(repository, scope, way, file.as_ref(), context)?;
            let stage = match stage {
                None => None,
                Some(stage) => Some(known(scope, stage, "stage")?),
            };
            Ok(Found {
                blocks: stages(unit, stage.as_deref())?,
                front: None,
                folder: None,
                file,
            })
        }
        Target::Compose { file, names, bake } => {
            find_compose(repository, scope, way, (file.as_ref(), names, *bake))
        }
        Target::Workflow { path, .. } => {
            let root = Way {
                folder: Some(String::new()),
                ..Way::default()
            };
            let action = format!("{path}/action.yml");
            let other = format!("{path}/action.yaml");
            let (file, unit) = at(
                repository,
                &root,
                &[path.as_str(), action.as_str(), other.as_str()],
                "workflow or action",
            )?;
            Ok(Found {
                blocks: unit.blocks.iter().collect(),
                front: None,
                folder: None,
                file,
            })
        }
    }
}

/// The targets of a makefile: `-f`, `-C` and their names.
fn find_make<'r>(
    repository: &'r Repository,
    scope: &Scope,
    way: &Way,
    (file, folder, targets): (Option<&Text>, Option<&Text>, &[String]),
) -> Result<Found<'r>, String> {
    let inside = match folder {
        None => way.folder.clone(),
        Some(folder) => {
            let folder = known(scope, folder, "folder of make")?;
            way.folder.as_deref().map(|from| join(from, &folder))
        }
    };
    let there = Way {
        folder: inside.clone(),
        ..Way::default()
    };
    let (file, unit) = match file {
        Some(file) => {
            let path = known(scope, file, "makefile")?;
            at(repository, &there, &[path.as_str()], "makefile")?
        }
        None => at(repository, &there, &MAKEFILES, "makefile")?,
    };
    let mut found = make_targets(unit, targets)?;
    (found.folder, found.file) = (inside, file);
    Ok(found)
}

/// Services of a compose file, or targets of a bake file.
fn find_compose<'r>(
    repository: &'r Repository,
    scope: &Scope,
    way: &Way,
    (file, names, bake): (Option<&Text>, &[String], bool),
) -> Result<Found<'r>, String> {
    let defaults = if bake { BAKE_FILES } else { COMPOSE_FILES };
    let (file, unit) = match file {
        Some(file) => {
            let path = known(scope, file, "compose file")?;
            at(repository, way, &[path.as_str()], "compose file")?
        }
        None => at(repository, way, &defaults, "compose file")?,
    };
    let blocks = unit
        .blocks
        .iter()
        .filter(|block| names.is_empty() || names.contains(&block.name));
    Ok(Found {
        blocks: blocks.collect(),
        front: None,
        folder: None,
        file,
    })
}

fn known(scope: &Scope, text: &Text, what: &str) -> Result<String, String> {
    match scope.expand(text) {
        Value::Known(text) => Ok(text),
        _ => Err(format!("the {what} `{text}` is known only when it runs")),
    }
}

/// The first of `names` that is there, below the folder of the way.
fn at<'r>(
    repository: &'r Repository,
    way: &Way,
    names: &[&str],
    what: &str,
) -> Result<(FileId, &'r Unit), String> {
    let Some(folder) = &way.folder else {
        return Err(format!("the folder of {what} `{}` is not known", names[0]));
    };
    for name in names {
        let path = join(folder, name);
        if let Some(file) = repository.find(&path)
            && let Some(unit) = repository.unit(file)
        {
            return Ok((file, unit));
        }
    }
    if names.len() > 1 {
        let folder = if folder.is_empty() { "." } else { folder };
        return Err(format!("there is no {what} in `{folder}`"));
    }
    let name = join(folder, names[0]);
    if what == "script" {
        return Err(format!("`{name}` is no shell script of this repository"));
    }
    Err(format!("{what} `{name}` is not in the repository"))
}

fn dockerfile<'r>(
    repository: &'r Repository,
    scope: &Scope,
    way: &Way,
    file: Option<&Text>,
    context: &Text,
) -> Result<(FileId, &'r Unit), String> {
    if let Some(file) = file {
        let path = known(scope, file, "Dockerfile")?;
        let direct = at(repository, way, &[path.as_str()], "Dockerfile");
        // compose and some actions mean a path in the context.
        return direct.or_else(|error| {
            let Ok(context) = known(scope, context, "build context") else {
                return Err(error);
            };
            let inside = join(&context, &path);
            at(repository, way, &[inside.as_str()], "Dockerfile").map_err(|_| error)
        });
    }
    let context = known(scope, context, "build context")?;
    let names = DOCKERFILES.map(|name| join(&context, name));
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    at(repository, way, &names, "Dockerfile")
}

/// The stages up to `last`, in order.
fn stages<'r>(unit: &'r Unit, last: Option<&str>) -> Result<Vec<&'r Block>, String> {
    let stages: Vec<_> = unit
        .blocks
        .iter()
        .filter(|block| block.kind == "stage")
        .collect();
    let Some(last) = last else {
        return Ok(stages);
    };
    let at = stages
        .iter()
        .position(|stage| stage.name.eq_ignore_ascii_case(last))
        .or_else(|| last.parse().ok().filter(|at| *at < stages.len()));
    match at {
        Some(at) => Ok(stages.into_iter().take(at + 1).collect()),
        None => Err(format!("stage `{last}` is not in the Dockerfile")),
    }
}

/// A makefile's variables and the targets asked for, with what they need first.
fn make_targets<'r>(unit: &'r Unit, targets: &[String]) -> Result<Found<'r>, String> {
    let front = unit.blocks.first().filter(|block| block.kind == "makefile");
    let inside = front.map_or(&[][..], |block| &block.items).iter();
    let inside = inside.filter_map(|item| match item {
        Item::Block(block) if block.kind == "target" => Some(block),
        _ => None,
    });
    let all: Vec<&Block> = inside
        .chain(unit.blocks.iter().filter(|block| block.kind == "target"))
        .collect();
    let mut blocks = Vec::new();
    for target in targets {
        let block = all.iter().find(|block| block.name == *target);
        let block = block.ok_or_else(|| format!("target `{target}` is not in the makefile"))?;
        blocks.push(*block);
    }
    if targets.is_empty() {
        blocks.extend(all.iter().find(|block| !block.name.starts_with('.')));
    }
    Ok(Found {
        blocks,
        front,
        folder: None,
        file: unit.file,
    })
}

impl Walker<'_> {
    /// Follows a call; what outlives it comes back.
    pub(super) fn follow(
        &mut self,
        call: &Call,
        block: &Block,
        scope: &mut Scope,
        way: &mut Way,
    ) -> Vec<Outward> {
        let repository = self.repository;
        let found = find_from(repository, call, scope, way);
        let builds = found.as_ref().ok().map(|found| found.file);
        if matches!(call.target, Target::Image { .. }) {
            self.image_site(call, block.system, builds, scope, way);
        }
        let found = match found {
            Ok(found) if way.depth < super::DEPTH => found,
            Ok(_) => {
                self.lose(call.span, "calls nest too deep to be followed", way);
                return Vec::new();
            }
            Err(what) => {
                self.lose(call.span, &what, way);
                return Vec::new();
            }
        };
        let mut inner_way = way.clone();
        inner_way.depth += 1;
        inner_way.sudo |= call.sudo;
        inner_way.trail.push(Crumb {
            what: self.call_title(call).into(),
            span: call.span,
        });
        if found.folder.is_some() {
            inner_way.folder = found.folder.clone();
        }
        let mut inner = inner_scope(call, scope, block.system);
        let is_open = matches!(call.target, Target::Script { sourced: true, .. });
        let target = if is_open { scope } else { &mut inner };
        let exports = matches!(call.target, Target::Script { exports: true, .. });
        if exports && block.kind == "container" {
            self.hand_over(&found, target, block.system);
            return Vec::new();
        }
        let before = target.exports_all;
        target.exports_all |= exports;
        let outward = self.walk_found(&found, call, target, &inner_way);
        target.exports_all = before;
        outward
    }

    /// The lines of `docker run --env-file`, which docker hands over as they stand: quotes and references
    /// are part of the value.
    fn hand_over(&self, found: &Found<'_>, scope: &mut Scope, system: System) {
        for item in found.blocks.iter().flat_map(|block| &block.items) {
            if let Item::Set(setting) = item {
                let setting = Setting {
                    value: Text::literal(self.repository.slice(setting.span)),
                    how: "--env-file",
                    reach: Reach::Block,
                    ..setting.clone()
                };
                let offer = scope.offer(&setting);
                scope.set(offer, system);
            }
        }
    }

    fn walk_found(
        &mut self,
        found: &Found<'_>,
        call: &Call,
        scope: &mut Scope,
        way: &Way,
    ) -> Vec<Outward> {
        let mut outward = Vec::new();
        if let Some(front) = found.front {
            self.walked.insert(front.span);
            for item in &front.items {
                if !matches!(item, Item::Block(_)) {
                    let mut way = way.clone();
                    self.item(item, front, scope, &mut way, &mut outward);
                }
            }
        }
        let is_image = matches!(call.target, Target::Image { .. });
        let is_open = matches!(call.target, Target::Script { sourced: true, .. });
        for block in &found.blocks {
            if is_image || block.boundary == Boundary::Closed {
                // Each stage is given the same arguments.
                let mut stage = scope.clone();
                let mut way = way.clone();
                self.inside(block, &mut stage, &mut way);
            } else if is_open {
                let mut way = way.clone();
                outward.extend(self.inside(block, scope, &mut way));
            } else {
                outward.extend(self.enter(block, scope, way));
            }
        }
        outward
    }

    /// Walks work that inherits nothing but what is handed over.
    pub(super) fn enclosed(&mut self, block: &Block, passes: &[Setting], scope: &Scope, way: &Way) {
        let mut way = way.clone();
        way.depth += 1;
        if way.depth > super::DEPTH {
            self.lose(block.span, "calls nest too deep to be followed", &mut way);
            return;
        }
        let reason = format!("{} inherits nothing", block.kind);
        let mut inner = scope.closed(&reason);
        let mut body = block.clone();
        // What is handed over wins over what the image brings.
        if let Some(image) = body.image.take() {
            super::enter_image(&image, true, &mut inner, &mut way);
        }
        for setting in passes {
            let mut offer = scope.offer(setting);
            offer.rank = offer.rank.max(1);
            if block.kind == "stage" {
                let given = Passed {
                    value: offer.value,
                    span: setting.span,
                    how: offer.how,
                    secret: offer.secret,
                };
                inner.passes.insert(setting.name.clone(), given);
            } else if offer.value != Value::Unset {
                inner.set(offer, block.system);
            }
        }
        self.inside(&body, &mut inner, &mut way);
    }

    /// Notes an image build as a site.
    fn image_site(
        &mut self,
        call: &Call,
        system: System,
        builds: Option<FileId>,
        scope: &Scope,
        way: &Way,
    ) {
        let text = self.repository.slice(call.span);
        let line = text
            .lines()
            .next()
            .unwrap_or_default()
            .trim_end_matches('\\');
        let words = line
            .split_whitespace()
            .map(platform::secret::hide)
            .collect();
        let passes = passes(call, scope).into_iter();
        self.push(Site {
            span: call.span,
            act: Act::ImageBuild,
            words,
            system,
            trail: way.trail.clone(),
            environment: Arc::new(effective::environment(scope, way.gaps.is_empty())),
            go: way.go.clone(),
            image: None,
            folder: way.folder.clone(),
            sudo: call.sudo || way.sudo,
            gaps: way.gaps.clone(),
            installed: way.installed.clone(),
            passes: passes.map(|(name, passed)| (name, passed.value)).collect(),
            builds,
        });
    }

    fn call_title(&self, call: &Call) -> String {
        match &call.target {
            Target::Script {
                path,
                sourced: true,
                ..
            } => format!("source {path}"),
            Target::Script { path, .. } => path.to_string(),
            Target::Make { targets, .. } => {
                format!("make {}", targets.join(" ")).trim_end().to_owned()
            }
            Target::Goal { name, .. } => format!("target {name}"),
            Target::Image { .. } => {
                let text = self.repository.slice(call.span);
                let line = text.lines().next().unwrap_or_default();
                platform::secret::hide(line.trim_end_matches('\\').trim())
            }
            Target::Compose { bake: true, .. } => "docker buildx bake".to_owned(),
            Target::Compose { .. } => "docker compose".to_owned(),
            Target::Workflow { path, .. } => path.clone(),
        }
    }
}

/// The environment inside of what is called.
fn inner_scope(call: &Call, scope: &Scope, system: System) -> Scope {
    let passes = passes(call, scope);
    match &call.target {
        Target::Image { .. } => {
            let mut inner = scope.closed("an image build sees build arguments only");
            for setting in &call.passes {
                // Builders know these without an ARG.
                if PREDEFINED_ARGS.contains(&setting.name.to_ascii_uppercase().as_str()) {
                    let offer = scope.offer(setting);
                    inner.set(offer, System::Docker);
                }
            }
            inner.passes = passes;
            if matches!(system, System::Compose | System::Bake) {
                // Arguments of the command line win over those of the file.
                inner.passes.extend(scope.passes.clone());
            }
            inner
        }
        Target::Workflow {
            sees_environment: false,
            ..
        } => {
            let mut inner = scope.closed(super::INPUTS_ONLY);
            inner.open = true;
            inner.passes = passes;
            inner
        }
        Target::Workflow { .. } | Target::Compose { .. } => {
            let mut inner = scope.clone();
            inner.passes = passes;
            inner
        }
        Target::Script { .. } | Target::Make { .. } | Target::Goal { .. } => {
            let mut inner = scope.clone();
            if call.sudo {
                inner.drop_process("sudo drops it (env_reset)", sudo_keeps);
            }
            for setting in &call.passes {
                // The shell in front of sudo expands `sudo make X="$X"`.
                let given = if call.sudo { scope } else { &inner }.offer(setting);
                let offer = Offer {
                    // Variables of make's command line beat those of the makefile.
                    rank: u8::MAX,
                    ..given
                };
                inner.set(offer, system);
            }
            inner
        }
    }
}

/// What a call hands over by name.
fn passes(call: &Call, scope: &Scope) -> BTreeMap<String, Passed> {
    let pass = |setting: &Setting| {
        let offer = scope.offer(setting);
        let passed = Passed {
            value: offer.value,
            span: setting.span,
            how: offer.how,
            secret: offer.secret,
        };
        (setting.name.clone(), passed)
    };
    call.passes.iter().map(pass).collect()
}
