//! Every command's help, and the examples in it.

use crate::run::Place;

const COMMANDS: [&[&str]; 5] = [&[], &["serve"], &["route"], &["verify"], &["version"]];

/// The lines of a help's examples that run modkeep.
fn examples(help: &str) -> Vec<String> {
    let (_, examples) = help.split_once("Examples:\n").unwrap();
    let lines = examples
        .lines()
        .map(str::trim)
        .take_while(|line| !line.is_empty());
    lines
        .filter(|line| line.contains("modkeep "))
        .map(str::to_owned)
        .collect()
}

/// `serve` would not end: what it would serve with is printed instead.
fn that_ends(example: &str) -> String {
    if example.starts_with("modkeep serve") && !example.contains("--print-config") {
        format!("{example} --print-config")
    } else {
        example.to_owned()
    }
}

#[test]
fn every_example_of_a_help_runs() {
    let place = Place::new()
        .with("modkeep.toml", "listen = \"127.0.0.1:0\"\n")
        .with("policy.toml", "name = \"x\"\n[client]\ngoproxy = \"off\"\n[[route]]\nmatch = [\"*\"]\nfrom = \"off\"\n");
    let store = place.path().join("store");
    for first in ["--store store", ""] {
        // So that there is a store to verify.
        assert_eq!(
            place
                .shell(&format!("modkeep verify --repair --offline {first}"))
                .code,
            Some(0)
        );
    }
    for command in COMMANDS {
        let help = place.run(&[command, &["--help"]].concat());
        assert_eq!(help.code, Some(0), "{command:?}");
        let examples = examples(&help.out);
        assert!(!examples.is_empty(), "{command:?}");
        for example in examples {
            let line = that_ends(&example).replace("/var/lib/modkeep", store.to_str().unwrap());
            let said = place.shell(&line);
            assert_eq!(said.code, Some(0), "{line}\n{}", said.err);
            assert!(!said.out.is_empty(), "{line}");
        }
    }
}

#[test]
fn words_that_are_wrong_are_answered_with_the_nearest_right_one() {
    let place = Place::new();
    let table: [(&[&str], &str); 6] = [
        (&["server"], "'serve'"),
        (&["serve", "--listn", ":1"], "'--listen'"),
        (&["serve", "--upstreem", "off"], "'--upstream'"),
        (&["route", "--polcy", "x", "rsc.io/quote"], "'--policy'"),
        (&["verify", "--repare"], "'--repair'"),
        (&["version", "--format", "jsn"], "'json'"),
    ];
    for (arguments, wanted) in table {
        let said = place.run(arguments);
        assert_eq!(said.code, Some(2), "{arguments:?}");
        assert!(said.err.contains(wanted), "{arguments:?}\n{}", said.err);
    }
}

#[test]
fn no_command_is_wrong_usage() {
    let said = Place::new().run(&[]);
    assert_eq!(said.code, Some(2));
    assert!(
        said.err.contains("Usage: modkeep <COMMAND>"),
        "{}",
        said.err
    );
}
