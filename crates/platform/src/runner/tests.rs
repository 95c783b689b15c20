use std::time::Duration;

use super::*;
use crate::Clock;

/// Far over what anything here takes.
const PATIENCE: Duration = Duration::from_mins(2);

fn shell(line: &str) -> Program {
    Program::new("/bin/sh").args(["-c", line])
}

async fn run(program: &Program) -> Result<Ran, RunError> {
    program.capture(PATIENCE, &Limits::default()).await
}

#[tokio::test]
async fn both_streams_and_the_code_come_back() {
    let ran = run(&shell("echo out; echo err >&2; exit 7")).await.unwrap();
    assert_eq!(ran.ended, Ended::Code(7));
    assert_eq!(ran.ended.shell_code(), 7);
    assert!(!ran.ended.is_success());
    assert_eq!(ran.stdout, b"out\n");
    assert_eq!(ran.stderr, b"err\n");
    assert!(!ran.is_cut);
    let ran = run(&shell("kill -s TERM $$")).await.unwrap();
    assert_eq!(ran.ended, Ended::Signal(15));
    assert_eq!(ran.ended.shell_code(), 143);
}

#[tokio::test]
async fn the_environment_is_empty_until_one_is_given() {
    let env: EnvSnapshot = [("GOPROXY", "off")].into_iter().collect();
    let print = Program::new("/usr/bin/env");
    assert_eq!(run(&print).await.unwrap().stdout, b"");
    let given = run(&print.clone().envs(&env)).await.unwrap();
    assert_eq!(given.stdout, b"GOPROXY=off\n");
    let inherited = run(&print.clone().inherit()).await.unwrap().stdout;
    let inherited = String::from_utf8_lossy(&inherited).into_owned();
    assert!(inherited.contains("PATH="), "{inherited}");
    let without = run(&print.inherit().without("PATH")).await.unwrap().stdout;
    assert!(!String::from_utf8_lossy(&without).contains("\nPATH="));
}

#[tokio::test]
async fn it_reads_nothing_and_stands_where_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(&shell("cat; pwd -P").folder(folder.path())).await;
    let told = String::from_utf8(ran.unwrap().stdout).unwrap();
    let wanted = folder.path().canonicalize().unwrap();
    assert_eq!(told.trim_end(), wanted.to_str().unwrap());
}

#[tokio::test]
async fn output_is_bounded() {
    let limits = Limits {
        program_output_bytes: 8,
        ..Limits::default()
    };
    let many = shell("yes | head -c 1000000; echo end");
    let ran = many.capture(PATIENCE, &limits).await.unwrap();
    assert_eq!(ran.stdout, b"y\ny\nend\n");
    assert!(ran.is_cut);
}

#[tokio::test]
async fn what_takes_too_long_is_ended_with_all_it_started() {
    let folder = tempfile::tempdir().unwrap();
    // The grandchild holds a pipe of ours; when it is gone, reading ends.
    let pipe = folder.path().join("pipe");
    let line = format!("mkfifo {0}; (exec sleep 600 >{0}) & wait", pipe.display());
    let limits = Limits::default();
    let program = shell(&line).inherit();
    let opened = pipe.clone();
    let reader = tokio::task::spawn_blocking(move || {
        while !opened.exists() {
            std::thread::yield_now();
        }
        std::fs::read(opened)
    });
    let stopped = program.capture(Duration::from_millis(300), &limits).await;
    let wanted = RunError::Timeout {
        program: "/bin/sh".to_owned(),
        within: Duration::from_millis(300),
    };
    assert_eq!(stopped, Err(wanted));
    let read = tokio::time::timeout(PATIENCE, reader).await;
    assert_eq!(read.unwrap().unwrap().unwrap(), b"");
}

#[tokio::test]
async fn a_process_left_behind_does_not_hold_up() {
    let limits = Limits {
        program_drain: Duration::from_millis(50),
        ..Limits::default()
    };
    let left = shell("echo done; sleep 20 &").inherit();
    let ran = left.capture(Duration::from_secs(15), &limits).await;
    let ran = ran.unwrap();
    assert_eq!(ran.ended, Ended::Code(0));
    assert_eq!(ran.stdout, b"done\n");
}

#[tokio::test]
async fn what_cannot_start_is_named() {
    let table = [
        (
            Program::new("no-such-program-here"),
            "no-such-program-here is not there: not in PATH, or no such file",
        ),
        (
            shell("true").folder("/no/such/folder"),
            "/bin/sh cannot be started: the folder /no/such/folder is not there",
        ),
        (
            Program::new("/"),
            "/ cannot be started: Permission denied (os error 13)",
        ),
    ];
    for (program, wanted) in table {
        assert_eq!(run(&program).await.unwrap_err().to_string(), wanted);
    }
}

#[tokio::test]
async fn signals_reach_it_and_silence_is_seen() {
    let limits = Limits::default();
    let sinks = (tokio::io::sink(), tokio::io::sink());
    let program =
        shell("trap 'echo told; exit 5' TERM; echo ready; while :; do sleep 0.05; done").inherit();
    let mut running = program.spawn(sinks, 100, &limits).unwrap();
    let mut first = running.silence().0;
    first.wait_for(|bytes| *bytes > 0).await.unwrap();
    let mut silence = running.silence();
    silence
        .lasts(Duration::from_millis(1), &Clock::system())
        .await;
    running.send(ProgramSignal::Terminate);
    let ran = tokio::time::timeout(PATIENCE, running.ended()).await;
    let ran = ran.unwrap().unwrap();
    assert_eq!(ran.ended, Ended::Code(5));
    assert_eq!(ran.stdout, b"ready\ntold\n");
}
