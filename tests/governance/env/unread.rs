//! Files that are there and cannot be read as `go` reads them: never taken for absent.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::ground::{Ground, Said};

const LARGER: usize = (1 << 20) + 1;

#[test]
fn bug_a_named_file_that_is_none_was_taken_for_absent() {
    let ground = Ground::new();
    fs::create_dir(ground.at("folder")).unwrap();
    let fifo = ground.at("fifo");
    assert!(
        Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );
    fs::write(ground.at("large"), vec![b'#'; LARGER]).unwrap();
    for (path, told) in [
        (ground.at("folder"), "is a folder"),
        (fifo, "is not a regular file"),
        ("/dev/zero".into(), "is not a regular file"),
        (ground.at("large"), "is larger than"),
    ] {
        let path = path.display().to_string();
        let said = ground.modkeep(&["show", "--goenv", &path, "--format", "json"]);
        assert_eq!(said.code, 3, "{said:?}");
        assert!(said.err.contains(&format!("{path} {told}")), "{said:?}");
        assert_eq!(said.json()["variables"], serde_json::json!([]));
    }
    let absent = ground.at("absent").display().to_string();
    let said = ground.modkeep(&["show", "GOPROXY", "--goenv", &absent]);
    assert!(
        said.code == 0 && said.err.contains("there is no such file"),
        "{said:?}"
    );
    let empty = ground.modkeep(&["show", "GOPROXY", "--goenv", "/dev/null"]);
    assert_eq!((empty.code, empty.err.as_str()), (0, ""));
}

/// `go` reads it however large it is, and passes over a folder.
#[test]
fn bug_a_users_file_over_the_limit_was_taken_for_absent() {
    let ground = Ground::new();
    let mut text = "GOPROXY=https://a.example\n".to_owned();
    text.push_str(&"#".repeat(LARGER));
    ground.write(".config/go/env", &text);
    assert!(ground.go(&["env", "GOPROXY"]).out.contains("a.example"));
    let said = ground.modkeep(&["show", "GOPROXY"]);
    assert_eq!((said.code, said.out.as_str()), (3, ""), "{said:?}");
    assert!(
        said.err.contains("is larger than") && said.err.contains(".config/go/env"),
        "{said:?}"
    );
    let mut doctor = ground.command(
        Path::new(env!("CARGO_BIN_EXE_modkeep")),
        &[("GOPROXY", "off"), ("GOSUMDB", "off")],
    );
    let said = Said::of(&doctor.args(["doctor", "--group", "env"]).output().unwrap());
    assert!(
        said.code == 1 && said.out.contains("is larger than"),
        "{said:?}"
    );
    fs::remove_file(ground.user_file()).unwrap();
    fs::create_dir(ground.user_file()).unwrap();
    let said = ground.modkeep(&["show", "GOFLAGS"]);
    assert!(
        said.code == 0 && said.err.contains("is a folder: go passes over it silently"),
        "{said:?}"
    );
}

#[test]
fn bug_an_image_without_a_home_had_that_of_the_host() {
    let ground = Ground::new();
    ground.write("image/etc/os-release", "ID=scratch\n");
    let image = ground.at("image").display().to_string();
    let shown = ground.modkeep(&["show", "GOPATH", "GOENV", "--root", &image]);
    assert_eq!(shown.code, 0, "{shown:?}");
    assert!(
        shown.out.contains("GOPATH='/root/go'")
            && shown.out.contains("GOENV='/root/.config/go/env'"),
        "{shown:?}"
    );
    ground.write("image/etc/passwd", "app:x:0:0::/srv/app:/bin/sh\n");
    let shown = ground.modkeep(&["show", "GOPATH", "--root", &image]);
    assert!(shown.out.contains("GOPATH='/srv/app/go'"), "{shown:?}");
}

#[test]
fn bug_undo_after_a_foreign_edit_did_not_say_what_differs() {
    let ground = Ground::new();
    ground.write(".config/go/env", "GOFLAGS=-v\n");
    let set = ["set", "GOPROXY=https://a.example", "GOPRIVATE=a.example"];
    assert_eq!(ground.modkeep(&set).code, 0);
    ground.write(
        ".config/go/env",
        "GOFLAGS=-v\nGOPROXY=https://u:hunter2@b.example\nGOPRIVATE=a.example\nGOSUMDB=off\n",
    );
    let said = ground.modkeep(&["undo"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(
        said.err.contains(
            r#"GOPROXY is now "https://u:xxxxx@b.example", GOSUMDB is now "off"; --to sha256:"#
        ),
        "{said:?}"
    );
    for other in ["GOPRIVATE", "GOFLAGS"] {
        assert!(!said.err.contains(other), "{said:?}");
    }
}

#[test]
fn bug_a_word_that_is_like_no_name_got_a_guess() {
    let ground = Ground::new();
    for arguments in [&["show", "FOO"][..], &["set", "FOO=x"]] {
        let said = ground.modkeep(arguments);
        assert!(
            said.code == 2 && !said.err.contains("did you mean"),
            "{said:?}"
        );
    }
}
