//! `--all-users` and `--root`.

use std::fs;
use std::os::unix::fs::symlink;

use super::ground::Ground;

const GO_ENV: &str = "# shipped\nGOPROXY=https://shipped.example\nGOSUMDB=sum.golang.org\nGOPROXY=https://second.example\nGOTOOLCHAIN=auto\n";

/// A tree that looks like an installed Go.
fn fake_root(ground: &Ground, at: &str) -> String {
    ground
        .write(
            &format!("{at}/VERSION"),
            "go1.24.4\ntime 2025-05-29T19:37:36Z\n",
        )
        .write(&format!("{at}/go.env"), GO_ENV)
        .write(&format!("{at}/bin/go"), "")
        .write(&format!("{at}/pkg/tool/linux_arm64/compile"), "");
    ground.at(at).display().to_string()
}

#[test]
fn go_env_is_edited_in_place_and_its_first_line_counts() {
    let ground = Ground::new();
    let root = fake_root(&ground, "go");
    let variables = [("GOROOT", root.as_str())];
    let arguments = [
        "set",
        "--all-users",
        "GOPROXY=https://a.example",
        "--format",
        "json",
    ];
    let said = ground.modkeep_with(&variables, &arguments);
    said.expect("applied", 0);
    assert!(
        said.err.contains("GOTOOLCHAIN is \"auto\", not local"),
        "{said:?}"
    );
    let text = || fs::read_to_string(ground.at("go/go.env")).unwrap();
    assert_eq!(
        text(),
        "# shipped\nGOPROXY=https://a.example\nGOSUMDB=sum.golang.org\nGOTOOLCHAIN=auto\n"
    );
    let local = [variables[0], ("GOTOOLCHAIN", "local")];
    let quiet = ground.modkeep_with(&local, &["set", "--all-users", "GOPROXY=https://b.example"]);
    assert_eq!((quiet.code, quiet.err.as_str()), (0, ""));
    assert_eq!(
        ground
            .modkeep_with(&variables, &["undo", "--all-users"])
            .code,
        0
    );
    assert_eq!(
        ground
            .modkeep_with(&variables, &["undo", "--all-users"])
            .code,
        0
    );
    assert_eq!(text(), GO_ENV);
    ground.write(".config/go/env", "GOPROXY=https://mine.example\n");
    let refused = [&arguments[..], &["--require-effective"]].concat();
    let said = ground.modkeep_with(&variables, &refused);
    said.expect("shadowed", 1);
    assert!(
        said.err
            .contains("/.config/go/env:1: GOPROXY=https://mine.example"),
        "{said:?}"
    );
    let nowhere = [("PATH", "/nowhere")];
    ground
        .modkeep_with(&nowhere, &arguments)
        .expect("no-target", 3);
}

/// Everything is inside the image, wherever its links point, and nothing of this machine counts.
#[test]
fn no_path_and_no_link_leaves_an_image() {
    let ground = Ground::new();
    fake_root(&ground, "image/usr/local/go");
    ground.write(
        "image/etc/passwd",
        "nobody:x:65534:65534::/:/bin/false\nroot:x:0:0:root:/root:/bin/sh\n",
    );
    let other = tempfile::tempdir().unwrap();
    let outside = other.path().join("outside");
    fs::create_dir_all(outside.join("go")).unwrap();
    fs::write(outside.join("go/env"), "GOFLAGS=-x\n").unwrap();
    fs::create_dir_all(ground.at("image/root")).unwrap();
    symlink(&outside, ground.at("image/root/.config")).unwrap();
    let image = ground.at("image").display().to_string();
    let host = [("GOPROXY", "https://host.example"), ("GOENV", "off")];
    let run = |arguments: &[&str]| {
        ground.modkeep_with(
            &host,
            &[arguments, &["--root", &image, "--format", "json"]].concat(),
        )
    };
    let done = run(&["set", "GOPROXY=https://a.example"]).expect("applied", 0);
    let path = done["path"].as_str().unwrap();
    let real = ground.at("image").canonicalize().unwrap();
    assert!(path.starts_with(real.to_str().unwrap()), "{path}");
    assert_eq!(
        fs::read_to_string(path).unwrap(),
        "GOPROXY=https://a.example\n"
    );
    assert_eq!(
        fs::read_to_string(outside.join("go/env")).unwrap(),
        "GOFLAGS=-x\n"
    );
    let shown = run(&["show"]).json();
    let value = |name: &str| {
        let mut variables = shown["variables"].as_array().unwrap().iter();
        variables.find(|variable| variable["name"] == name).unwrap()["value"].clone()
    };
    assert_eq!(value("GOPROXY"), "https://a.example");
    assert_eq!(value("GOROOT"), "/usr/local/go");
    assert_eq!(value("GOPATH"), "/root/go");
    assert_eq!(
        (value("GOHOSTARCH"), value("GOVERSION")),
        ("arm64".into(), "go1.24.4".into())
    );
    run(&["set", "--all-users", "GOTOOLCHAIN=local"]).expect("applied", 0);
    let go_env = fs::read_to_string(ground.at("image/usr/local/go/go.env")).unwrap();
    assert!(go_env.ends_with("GOTOOLCHAIN=local\n"), "{go_env}");
    run(&["undo"]).expect("applied", 0);
    assert!(!std::path::Path::new(path).exists());
    let named = run(&["set", "--goenv", "/../../etc/goenv", "GOFLAGS=-v"]);
    assert_eq!(named.code, 0, "{named:?}");
    assert!(ground.at("image/etc/goenv").exists());
    let missing = ground.modkeep(&[
        "set",
        "--root",
        "/nowhere/image",
        "GOFLAGS=-v",
        "--format",
        "json",
    ]);
    missing.expect("no-target", 3);
}

/// The lock, the journal and kept contents are files of modkeep: a link in their place could lead anywhere.
#[test]
fn links_in_place_of_lock_and_journal_are_refused() {
    for name in ["env.lock", "env.modkeep.log"] {
        let ground = Ground::new();
        fake_root(&ground, "image/usr/local/go");
        ground.write("image/root/.config/go/env", "GOFLAGS=-x\n");
        let victim = ground.at("victim");
        symlink(&victim, ground.at("image/root/.config/go").join(name)).unwrap();
        let image = ground.at("image").display().to_string();
        let said = ground.modkeep(&["set", "--root", &image, "GOPROXY=off"]);
        assert_eq!(said.code, 3, "{name}: {}", said.err);
        assert!(said.err.contains("it is a link"), "{name}: {}", said.err);
        assert!(!victim.exists(), "{name}");
    }
}
