//! Outcomes, exit codes and files of `set`, `unset` and `undo`.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use serde_json::Value;

use super::ground::Ground;

const JSON: [&str; 2] = ["--format", "json"];

fn set(ground: &Ground, arguments: &[&str]) -> super::ground::Said {
    ground.modkeep(&[&["set"], arguments, &JSON].concat())
}

#[test]
fn each_outcome_has_its_word_and_its_code() {
    let ground = Ground::new();
    let would = set(&ground, &["GOFLAGS=-v", "--dry-run"]).expect("would-change", 1);
    assert_eq!(would["diff"][0], "+GOFLAGS=-v");
    assert!(!ground.at(".config").exists(), "a dry run writes nothing");
    let done = set(&ground, &["GOFLAGS=-v", "GOPRIVATE=a.example"]).expect("applied", 0);
    assert_eq!(done["path"], ground.user_file().display().to_string());
    assert_eq!(
        (&done["schema"], &done["before"]),
        (&Value::from(1), &Value::Null)
    );
    assert_eq!(done["changes"][0]["name"], "GOFLAGS");
    set(&ground, &["GOFLAGS=-v"]).expect("unchanged", 0);
    set(&ground, &["GOFLAGS=-v", "--dry-run"]).expect("unchanged", 0);
    set(&ground, &["GOFLAGS"]).expect("invalid", 2);
    set(&ground, &["GOFLAGS=-x", "--unset", "GOFLAGS"]).expect("invalid", 2);
    assert_eq!(ground.modkeep(&["set"]).code, 2);
    let over = [("GOFLAGS", "-x")];
    let arguments = ["set", "GOFLAGS=-w", "--format", "json"];
    let refused = [&arguments[..], &["--require-effective"]].concat();
    ground.modkeep_with(&over, &refused).expect("shadowed", 1);
    assert_eq!(
        ground.user_text().unwrap(),
        "GOFLAGS=-v\nGOPRIVATE=a.example\n"
    );
    ground.modkeep_with(&over, &arguments).expect("shadowed", 0);
    assert_eq!(
        ground.user_text().unwrap(),
        "GOFLAGS=-w\nGOPRIVATE=a.example\n"
    );
    ground
        .modkeep_with(
            &[("GOFLAGS", "-w")],
            &[&["set", "GOFLAGS=-w"], &JSON[..]].concat(),
        )
        .expect("unchanged", 0);
    for variables in [[("HOME", "-")], [("GOENV", "off")], [("HOME", "")]] {
        ground
            .modkeep_with(&variables, &arguments)
            .expect("no-target", 3);
    }
    assert!(!ground.at("off").exists() && !ground.at("work/off").exists());
    ground
        .modkeep(&["undo", "--format", "json"])
        .expect("applied", 0);
}

#[test]
fn unset_and_empty_values_remove_lines() {
    let ground = Ground::new();
    ground.write(
        ".config/go/env",
        "# c\nGOPROXY=a\nGOFLAGS=-v\nGOSUMDB=off\n",
    );
    let said = ground.modkeep(&["set", "GOPROXY=", "GOPRIVATE=x", "--unset", "GOSUMDB"]);
    assert!(
        said.code == 0 && said.err.contains("the line is removed instead"),
        "{said:?}"
    );
    assert_eq!(
        ground.user_text().unwrap(),
        "# c\nGOFLAGS=-v\nGOPRIVATE=x\n"
    );
    assert_eq!(ground.modkeep(&["unset", "GOFLAGS", "GOPRIVATE"]).code, 0);
    assert_eq!(ground.user_text().unwrap(), "# c\n");
    let absent = Ground::new();
    absent
        .modkeep(&["unset", "GOFLAGS", "--format", "json"])
        .expect("unchanged", 0);
    assert_eq!(absent.user_text(), None);
}

/// Odd bytes, links, modes and order come back as they were.
#[test]
fn undo_restores_byte_for_byte() {
    let ground = Ground::new();
    let before: &[u8] =
        b"\xef\xbb\xbf# c\r\nGOPROXY=x\r\nGOFLAGS=a\nodd \xff\xfe\nGOFLAGS=b\n\n#end";
    ground.write("dotfiles/goenv", "");
    let real = ground.at("dotfiles/goenv");
    fs::write(&real, before).unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    fs::create_dir_all(ground.at(".config/go")).unwrap();
    symlink("../../dotfiles/goenv", ground.user_file()).unwrap();
    let bytes = || fs::read(&real).unwrap();
    let mut contents = vec![bytes()];
    for value in ["GOFLAGS=-p=1", "GOPROXY=https://a.example", "GOPRIVATE=z"] {
        assert_eq!(ground.modkeep(&["set", value]).code, 0);
        contents.push(bytes());
    }
    assert_eq!(
        contents[1],
        b"\xef\xbb\xbf# c\r\nGOPROXY=x\r\nodd \xff\xfe\nGOFLAGS=-p=1\n\n#end"
    );
    for wanted in contents.iter().rev().skip(1) {
        assert_eq!(ground.modkeep(&["undo"]).code, 0);
        assert_eq!(bytes(), *wanted);
    }
    assert!(
        fs::symlink_metadata(ground.user_file())
            .unwrap()
            .is_symlink()
    );
    assert_eq!(
        fs::metadata(&real).unwrap().permissions().mode() & 0o777,
        0o640
    );
    ground
        .modkeep(&["undo", "--format", "json"])
        .expect("no-target", 3);
}

#[test]
fn undo_of_a_creation_removes_the_file_and_to_names_a_content() {
    let ground = Ground::new();
    let first = set(&ground, &["GOFLAGS=-p=1"]).expect("applied", 0);
    set(&ground, &["GOFLAGS=-p=2"]).expect("applied", 0);
    set(&ground, &["GOFLAGS=-p=3"]).expect("applied", 0);
    let to = first["after"].as_str().unwrap();
    ground
        .modkeep(&["undo", "--to", to, "--format", "json"])
        .expect("applied", 0);
    assert_eq!(ground.user_text().unwrap(), "GOFLAGS=-p=1\n");
    assert_eq!(ground.modkeep(&["undo"]).code, 0);
    assert_eq!(ground.user_text(), None);
}

#[test]
fn a_file_with_another_digest_is_not_changed() {
    let ground = Ground::new();
    let done = set(&ground, &["GOFLAGS=-v"]).expect("applied", 0);
    let digest = done["after"].as_str().unwrap();
    set(&ground, &["GOFLAGS=-w", "--expect-digest", digest]).expect("applied", 0);
    set(&ground, &["GOFLAGS=-x", "--expect-digest", digest]).expect("concurrent-change", 1);
    assert_eq!(ground.user_text().unwrap(), "GOFLAGS=-w\n");
}

#[test]
fn goenv_names_another_file() {
    let ground = Ground::new();
    let file = ground.at("ci/go env").display().to_string();
    let said = set(&ground, &["--goenv", &file, "GOFLAGS=-v"]);
    said.expect("shadowed", 0);
    assert!(said.err.contains("go reads"), "{said:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "GOFLAGS=-v\n");
    let inside = [("GOENV", file.as_str())];
    ground
        .modkeep_with(
            &inside,
            &[
                "set",
                "GOFLAGS=-x",
                "--format",
                "json",
                "--require-effective",
            ],
        )
        .expect("applied", 0);
    assert_eq!(ground.go_with(&inside, &["env", "GOFLAGS"]).out, "-x\n");
    assert_eq!(ground.user_text(), None);
}

/// As root, writing to it would else replace it.
#[test]
fn a_device_is_not_written() {
    let ground = Ground::new();
    set(&ground, &["--goenv", "/dev/null", "GOFLAGS=-v"]).expect("io-error", 3);
    let folder = ground.at("work").display().to_string();
    set(&ground, &["--goenv", &folder, "GOFLAGS=-v"]).expect("io-error", 3);
    set(
        &ground,
        &[
            "--goenv",
            &format!("{folder}/x/../../work/file"),
            "GOFLAGS=-v",
        ],
    )
    .expect("shadowed", 0);
}

#[test]
fn a_lock_that_is_held_is_waited_for_and_named() {
    let ground = Ground::new();
    ground
        .write(".config/go/env", "GOFLAGS=-v\n")
        .write(".config/go/env.lock", "");
    let lock = fs::File::open(ground.at(".config/go/env.lock")).unwrap();
    lock.lock().unwrap();
    let said = set(&ground, &["GOFLAGS=-x"]);
    said.expect("lock-timeout", 3);
    assert!(said.err.contains("env.lock"), "{said:?}");
    assert_eq!(ground.user_text().unwrap(), "GOFLAGS=-v\n");
}

const POLICY: &str = "name = \"corp\"\n[client]\ngoproxy = \"https://goproxy.corp.example\"\nprivate = [\"git.corp.example\"]\ndirect = \"forbidden\"\n";

/// `GOSUMDB=off` and patterns of before stayed in the file, and undid the policy's block.
#[test]
fn what_would_undo_a_policy_is_taken_out() {
    let ground = Ground::new();
    ground.write(
        "work/policy.toml",
        "name = \"corp\"\n[client]\ngoproxy = \"https://goproxy.corp.example\"\n",
    );
    set(&ground, &["GONOSUMDB=*", "GOSUMDB=off", "GOFLAGS=-v"]).expect("applied", 0);
    set(&ground, &["--policy", "policy.toml"]).expect("applied", 0);
    let file = ground.user_text().unwrap();
    assert_eq!(file, "GOFLAGS=-v\nGOPROXY=https://goproxy.corp.example\n");
}

#[test]
fn a_policy_is_applied_as_a_whole() {
    let ground = Ground::new();
    ground.write("work/policy.toml", POLICY);
    let done = set(&ground, &["--policy", "policy.toml", "GOFLAGS=-v"]).expect("applied", 0);
    assert_eq!(
        ground.user_text().unwrap(),
        "GOPROXY=https://goproxy.corp.example\nGONOPROXY=none\nGONOSUMDB=git.corp.example\nGOFLAGS=-v\n"
    );
    assert_eq!(done["changes"].as_array().unwrap().len(), 4);
    set(&ground, &["--policy", "policy.toml"]).expect("unchanged", 0);
    assert_eq!(ground.modkeep(&["set", "--policy", "absent.toml"]).code, 2);
    let log = fs::read_to_string(ground.at(".config/go/env.modkeep.log")).unwrap();
    let line: Value = serde_json::from_str(log.lines().next().unwrap()).unwrap();
    assert!(
        line["policy"].as_str().unwrap().starts_with("sha256:"),
        "{log}"
    );
    assert_eq!(line["keys"][0], "GOPROXY");
}
