//! Cache mounts of Dockerfiles, and where Go looks for its caches there.

use crate::dialects::dockerfile::detail::{Instruction, InstructionKind, Mount};
use crate::repository::Repository;
use crate::site::Site;

use super::builds::StageOf;

/// Whether a mount is a cache.
pub(super) fn is_cache(mount: &Mount) -> bool {
    mount
        .field("type")
        .is_some_and(|kind| kind.text.to_string() == "cache")
}

/// Whether a mount is a cache with modules in it.
pub(super) fn holds_modules(mount: &Mount) -> bool {
    let target = mount.field("target").map(|target| target.text.to_string());
    is_cache(mount)
        && target.is_some_and(|target| {
            let target = target.trim_end_matches('/');
            target.ends_with("/pkg/mod")
                || target.ends_with("/mod/cache")
                || matches!(target, "/go" | "/root/go" | "/go/pkg")
        })
}

/// The home of the user that an instruction runs as; `None`: not known.
pub(super) fn home(
    repository: &Repository,
    stage: StageOf<'_>,
    instruction: &Instruction,
) -> Option<String> {
    let all = stage.instructions();
    let earlier = all
        .iter()
        .take_while(|other| other.span != instruction.span);
    let users = earlier.filter_map(|other| match &other.kind {
        InstructionKind::User(user) => Some(user),
        _ => None,
    });
    let Some(user) = users.last() else {
        return Some("/root".to_owned());
    };
    let user = user.text.as_literal()?.split(':').next()?;
    match user {
        "root" | "0" => Some("/root".to_owned()),
        // Users of the system have no home below /home, and numbers may be anybody.
        "" | "nobody" | "daemon" | "www-data" => None,
        name if name.bytes().all(|byte| byte.is_ascii_digit()) => None,
        name if all.iter().any(|other| gives_home(repository, other, name)) => None,
        name => Some(format!("/home/{name}")),
    }
}

/// Whether an instruction makes a user with a home of its own choice.
fn gives_home(repository: &Repository, instruction: &Instruction, user: &str) -> bool {
    let text = repository.slice(instruction.span);
    text.contains(user)
        && ["adduser", "useradd", "usermod"]
            .iter()
            .any(|word| text.contains(word))
        && ["--home", " -h ", " -d ", "--no-create-home"]
            .iter()
            .any(|word| text.contains(word))
}

/// GOMODCACHE of a site in a stage whose user has this home.
pub(super) fn modules(site: &Site, stage: StageOf<'_>, home: Option<&str>) -> Option<String> {
    let text = |name: &str| known(site, name);
    if let Some(path) = text("GOMODCACHE")? {
        return Some(path);
    }
    // The tag may be an argument that nobody knows; the name of the image says enough for this.
    let from_image = || {
        let set = stage.facts()?.environment.into_iter();
        let mut paths = set.filter(|(name, _)| *name == "GOPATH");
        paths.next().map(|(_, path)| path.to_owned())
    };
    if let Some(path) = text("GOPATH")?.or_else(from_image) {
        let first = path.split(':').next().unwrap_or_default();
        return Some(format!("{}/pkg/mod", first.trim_end_matches('/')));
    }
    Some(format!("{}/go/pkg/mod", own_home(site, home)?))
}

/// GOCACHE of a site whose user has this home.
pub(super) fn compiled(site: &Site, home: Option<&str>) -> Option<String> {
    if let Some(path) = known(site, "GOCACHE")? {
        return Some(path);
    }
    if let Some(path) = known(site, "XDG_CACHE_HOME")? {
        return Some(format!("{path}/go-build"));
    }
    Some(format!("{}/.cache/go-build", own_home(site, home)?))
}

fn own_home(site: &Site, home: Option<&str>) -> Option<String> {
    known(site, "HOME")?.or_else(|| home.map(str::to_owned))
}

/// A variable's value if it has one; the outer `None`: it has one that is not known.
#[expect(
    clippy::option_option,
    reason = "not set and not known are different answers"
)]
fn known(site: &Site, name: &str) -> Option<Option<String>> {
    match site.environment.value(name) {
        crate::environment::Value::Unset => Some(None),
        crate::environment::Value::Known(text) if text.is_empty() => Some(None),
        crate::environment::Value::Known(text) => Some(Some(text.trim_end_matches('/').to_owned())),
        crate::environment::Value::Unknown(_) => None,
    }
}
