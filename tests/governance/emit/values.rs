//! What reads the files gets the values of the policy: shells, systemd and `go` itself, YAML's readers.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use testkit::find_go;

use super::ground::{CASES, Case, Ground, map, tool};

/// What `go env` prints, one line a name, for the names of a case.
fn wanted(case: &Case) -> String {
    let values: Vec<_> = case.values.iter().map(|(_, value)| *value).collect();
    values.join("\n") + "\n"
}

fn names(case: &Case) -> Vec<&str> {
    case.values.iter().map(|(name, _)| *name).collect()
}

#[test]
fn go_in_each_shell_has_the_values() {
    let ground = Ground::new();
    let go = find_go().display().to_string();
    for case in &CASES {
        ground.write("50-modkeep.sh", &ground.block("profile.d", case.name));
        let line = format!(
            ". ./50-modkeep.sh && exec \"{go}\" env {}",
            names(case).join(" ")
        );
        for shell in ["sh", "dash", "bash"] {
            let said = ground.run(
                Path::new(&tool(shell)),
                &["-eu", "-c", &line],
                &[("GOENV", "off"), ("GOTOOLCHAIN", "local")],
            );
            assert_eq!(
                (said.code, said.out),
                (Some(0), wanted(case)),
                "{shell} {}: {}",
                case.name,
                said.err
            );
        }
    }
}

#[test]
fn go_reads_its_own_file() {
    let ground = Ground::new();
    for case in &CASES {
        ground.write("goenv", &ground.block("go-env", case.name));
        let file = ground.path().join("goenv").display().to_string();
        let said = ground.run(
            &find_go(),
            &[&["env"], names(case).as_slice()].concat(),
            &[("GOENV", &file)],
        );
        assert_eq!(
            (said.code, said.out),
            (Some(0), wanted(case)),
            "{}: {}",
            case.name,
            said.err
        );
    }
}

/// systemd's own reader of environment.d prints what sessions get.
#[test]
fn user_sessions_have_the_values() {
    let generator = Path::new(
        "/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator",
    );
    assert!(
        generator.is_file(),
        "this test needs systemd: apt-get install -y systemd"
    );
    let ground = Ground::new();
    for case in &CASES {
        ground.write(
            ".config/environment.d/50-modkeep.conf",
            &ground.block("systemd-user", case.name),
        );
        let said = ground.run(generator, &[], &[]);
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
        // It prints assignments that a shell reads.
        ground.write("generated", &said.out);
        let names = names(case).join("\" \"$");
        let line = format!(". ./generated; printf '%s\\n' \"${names}\"");
        let said = ground.run(&tool("sh"), &["-eu", "-c", &line], &[]);
        assert_eq!(
            (said.code, said.out),
            (Some(0), wanted(case)),
            "{}: {}",
            case.name,
            said.err
        );
    }
}

/// PAM's rule: the value is what follows up to a `#`, a pair of quotes around it taken away.
#[test]
fn the_environment_file_is_plain() {
    let ground = Ground::new();
    for case in &CASES {
        let block = ground.block("pam", case.name);
        let lines = block.lines().filter(|line| !line.starts_with('#'));
        let read: BTreeMap<String, String> = lines
            .map(|line| line.split_once('=').unwrap())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        assert_eq!(read, map(case.values));
    }
}

#[test]
fn readers_of_yaml_get_the_values() {
    let ground = Ground::new();
    for case in &CASES {
        let read = |target: &str, dollar: bool, pick: &dyn Fn(&Value) -> Value| {
            ground.write("file.yaml", &ground.block(target, case.name));
            let values = pick(&ground.yaml("file.yaml"));
            let values = values.as_object().unwrap().iter();
            let values: BTreeMap<String, String> = values
                .map(|(name, value)| {
                    let text = value.as_str().unwrap();
                    let text = if dollar {
                        text.replace("$$", "$")
                    } else {
                        text.to_owned()
                    };
                    (name.clone(), text)
                })
                .collect();
            values
        };
        let all = map(case.values);
        assert_eq!(
            read("compose", true, &|file| {
                file["services"]["app"]["build"]["args"].clone()
            }),
            all
        );
        assert_eq!(
            read("gitlab", true, &|file| file[".go-env"]["variables"].clone()),
            all
        );
        assert_eq!(
            read("kubernetes", false, &|file| file[0]["data"].clone()),
            all
        );
        let mut github = read("github", false, &|file| file["env"].clone());
        if case.name == "strict" {
            // The organisation's variable goes first, the policy's value where there is none.
            let value = github.get_mut("GOPROXY").unwrap();
            assert_eq!(
                value,
                "${{ vars.GOPROXY || 'https://goproxy.corp.example' }}"
            );
            "https://goproxy.corp.example".clone_into(value);
        }
        assert_eq!(github, all);
    }
}

/// Build arguments stand in the stage that runs go, and not in the last.
#[test]
fn the_last_stage_has_no_settings() {
    let ground = Ground::new();
    for case in &CASES {
        let block = ground.block("dockerfile", case.name);
        let (build, last) = block.split_once("\nFROM scratch\n").unwrap();
        for (name, _) in case.values {
            assert!(build.contains(&format!(" {name}=")), "{name}");
            assert!(!last.contains(name), "{name}");
        }
    }
}
