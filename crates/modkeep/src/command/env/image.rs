//! The environment of a container image that is not running: what its folders
//! say. That of this process is another machine's.

use std::path::Path;

use goenv::Root;
use platform::EnvSnapshot;

/// Where images have a `go`, before the usual folders.
const PATH: &str = "/usr/local/go/bin:/usr/lib/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// HOME and PATH in the image, and GOROOT if this process names one that is
/// there.
pub(super) fn environment(env: &EnvSnapshot, root: &Root) -> EnvSnapshot {
    let is_there = |folder: &str| {
        root.resolve(Path::new(folder))
            .is_ok_and(|path| path.is_dir())
    };
    let mut variables = vec![
        ("HOME".to_owned(), home(env, root, &is_there)),
        ("PATH".to_owned(), PATH.to_owned()),
    ];
    if let Some(goroot) = env.get("GOROOT").filter(|folder| is_there(folder)) {
        variables.push(("GOROOT".to_owned(), goroot.to_owned()));
    }
    variables.into_iter().collect()
}

/// HOME of this process if the image has it, else that of the image's root,
/// there or not: what the image lacks of ours is no place in it.
fn home(env: &EnvSnapshot, root: &Root, is_there: &dyn Fn(&str) -> bool) -> String {
    let given = env.get("HOME");
    let roots = root_home(root);
    let candidates = [given, roots.as_deref(), Some("/root")];
    let found = candidates.into_iter().flatten().find(|home| is_there(home));
    found.or(roots.as_deref()).unwrap_or("/root").to_owned()
}

/// The home of user 0 in the image's list of users.
fn root_home(root: &Root) -> Option<String> {
    let file = root.resolve(Path::new("/etc/passwd")).ok()?;
    if !file.is_file() {
        return None;
    }
    let text = std::fs::read_to_string(file).ok()?;
    let line = text
        .lines()
        .find(|line| line.split(':').nth(2) == Some("0"))?;
    let home = line.split(':').nth(5)?;
    home.starts_with('/').then(|| home.to_owned())
}
