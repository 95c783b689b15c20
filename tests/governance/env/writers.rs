//! Many writers at once, killed ones among them, and `go env -w` beside them.

use std::collections::BTreeSet;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use super::ground::Ground;

const WRITERS: usize = 8;

/// Names that hold any text.
const NAMES: [&str; WRITERS] = [
    "GOFLAGS",
    "GOPRIVATE",
    "GONOPROXY",
    "GONOSUMDB",
    "GOINSECURE",
    "GOVCS",
    "GOPROXY",
    "GOSUMDB",
];

/// Rounds of each test; `MODKEEP_ENV_ROUNDS` raises it.
fn rounds() -> usize {
    let named =
        std::env::var_os("MODKEEP_ENV_ROUNDS").and_then(|rounds| rounds.to_str()?.parse().ok());
    named.unwrap_or(60)
}

fn start(mut command: Command) -> Child {
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Every line of the file is one that somebody wrote, whole.
fn check_whole(text: &str, comment: &str) {
    assert!(text.starts_with(comment), "{text:?}");
    assert!(text.ends_with('\n'), "{text:?}");
    let mut names = BTreeSet::new();
    for line in text.trim_end().lines().skip(1) {
        let (name, value) = line
            .split_once('=')
            .unwrap_or_else(|| panic!("torn: {text:?}"));
        assert!(
            NAMES.contains(&name) && value.starts_with("v-") && value.ends_with("-end"),
            "torn: {text:?}"
        );
        assert!(names.insert(name.to_owned()), "twice: {text:?}");
    }
}

const COMMENT: &str = "# kept by all of them\n";

fn value(round: usize, writer: usize) -> String {
    format!("v-{round}-{writer}-end")
}

/// No setting is lost, each round, whatever the order.
#[test]
fn no_writer_loses_what_another_wrote() {
    let ground = Ground::new();
    ground.write(".config/go/env", COMMENT);
    for round in 0..rounds() {
        let children: Vec<Child> = (0..WRITERS)
            .map(|writer| {
                let setting = format!("{}={}", NAMES[writer], value(round, writer));
                start(ground.modkeep_command(&["set", &setting]))
            })
            .collect();
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "round {round}: {output:?}");
        }
        let text = ground.user_text().unwrap();
        check_whole(&text, COMMENT);
        for (writer, name) in NAMES.iter().enumerate() {
            let line = format!("{name}={}\n", value(round, writer));
            assert!(
                text.contains(&line),
                "round {round}: {line} is lost: {text}"
            );
        }
    }
}

/// Writers that are killed at any moment leave a whole file, and take nothing of the others along.
#[test]
fn killed_writers_leave_a_whole_file() {
    let ground = Ground::new();
    ground.write(".config/go/env", COMMENT);
    for round in 0..rounds() {
        let mut children: Vec<(usize, Child)> = (0..WRITERS / 2)
            .map(|writer| {
                let setting = format!("{}={}", NAMES[writer], value(round, writer));
                (writer, start(ground.modkeep_command(&["set", &setting])))
            })
            .collect();
        // Where in its work it is hit differs from round to round.
        thread::sleep(Duration::from_micros(
            u64::try_from(round * 1_733 % 60_000).unwrap(),
        ));
        children[0].1.kill().unwrap();
        for (writer, child) in children {
            let output: Output = child.wait_with_output().unwrap();
            let text = ground.user_text().unwrap();
            check_whole(&text, COMMENT);
            if writer > 0 {
                assert!(output.status.success(), "round {round}: {output:?}");
                let line = format!("{}={}\n", NAMES[writer], value(round, writer));
                assert!(
                    text.contains(&line),
                    "round {round}: {line} is lost: {text}"
                );
            }
        }
    }
    // What is left of them does not stand in the way.
    let last = ground.modkeep(&["set", "GOFLAGS=v-last-end"]);
    assert_eq!(last.code, 0, "{last:?}");
    assert_eq!(ground.modkeep(&["undo"]).code, 0);
    let left = std::fs::read_dir(ground.at(".config/go")).unwrap();
    let left: Vec<String> = left
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(left.len() <= 9, "{left:?}");
}

/// `go env -w` takes no lock: one runs beside ours (two would lose each other's). What it undoes of ours is written again or told, at once or by the next
/// writer.
#[test]
fn what_go_undoes_is_written_again_or_told() {
    const OURS: usize = 5;
    let ground = Ground::new();
    ground.write(".config/go/env", COMMENT);
    let told = Mutex::new(String::new());
    for round in 0..rounds() / 2 {
        let setting = format!("{}={}", NAMES[OURS], value(round, OURS));
        let go = start(ground.go_command(&["env", "-w", &setting]));
        let ours: Vec<(usize, Child)> = (0..OURS)
            .map(|writer| {
                let setting = format!("{}={}", NAMES[writer], value(round, writer));
                (writer, start(ground.modkeep_command(&["set", &setting])))
            })
            .collect();
        told.lock().unwrap().clear();
        let mut applied = Vec::new();
        for (writer, child) in ours {
            let output = child.wait_with_output().unwrap();
            told.lock()
                .unwrap()
                .push_str(&String::from_utf8_lossy(&output.stderr));
            if output.status.success() {
                applied.push(writer);
            } else {
                assert_eq!(output.status.code(), Some(1), "round {round}: {output:?}");
            }
        }
        go.wait_with_output().unwrap();
        // What was lost after we had looked twice is told by the next writer.
        let next = ground.modkeep(&["set", &format!("GOSUMDB={}", value(round, 7))]);
        let told = format!("{}{}", told.lock().unwrap(), next.err);
        let text = ground.user_text().unwrap();
        check_whole(&text, COMMENT);
        for writer in applied {
            let name = NAMES[writer];
            let line = format!("{name}={}\n", value(round, writer));
            assert!(
                text.contains(&line)
                    || told.contains(&format!("{name} is not what modkeep set last")),
                "round {round}: {line} is lost silently: {text} {told}"
            );
        }
    }
}
