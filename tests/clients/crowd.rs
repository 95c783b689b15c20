//! 10,000 connections on which nothing is said.

use std::io::Write;
use std::process::Command;

use testkit::client;

use crate::ground::Ground;

/// The number that an attack may hold.
const IDLE: usize = 10_000;

/// Files that this process needs for them.
const FILES: u64 = 10_500;

/// Set in the process that may open so many files.
const RAISED: &str = "MODKEEP_TEST_MANY_FILES";

/// What one idle connection may cost: its task, 8 KiB to read into, a timer. Loosely measured, without
/// optimisation, and far under what would be a danger.
const KIB_EACH: u64 = 32;

#[test]
fn ten_thousand_idle_connections_disturb_nobody() {
    if std::env::var_os(RAISED).is_some() {
        return hold();
    }
    let script = r#"ulimit -n "$1" && exec "$0" --exact "$2" --nocapture"#;
    let output = Command::new("sh")
        .args(["-c", script])
        .arg(std::env::current_exe().unwrap())
        .arg(FILES.to_string())
        .arg("crowd::ten_thousand_idle_connections_disturb_nobody")
        .env(RAISED, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "this test needs {FILES} open files: raise the hard limit (ulimit -Hn)\n{said}"
    );
}

fn hold() {
    let mut ground = Ground::with("[limits]\nhead_time = \"10m\"\n", &["--access-log", "off"]);
    let module = ground.held("example.com/m", 100_000);
    let (before, _) = ground.server.memory_kib();
    let mut idle = Vec::with_capacity(IDLE);
    for number in 0..IDLE {
        let mut connection = ground.connect();
        // A third says nothing, a third begins, a third was answered.
        match number % 3 {
            0 => {}
            1 => connection.write_all(b"GET /healthz HT").unwrap(),
            _ => {
                let request = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
                connection.write_all(request).unwrap();
            }
        }
        idle.push(connection);
        if number % 1000 == 0 {
            let answer = client::get(ground.authority(), "/example.com/m/@v/list");
            assert_eq!(answer.status, 200, "beside {number}");
        }
    }
    let answer = client::get(ground.authority(), &format!("/{}", module.url_path("zip")));
    assert!(answer.status == 200 && answer.body == module.zip_bytes());
    let (after, _) = ground.server.memory_kib();
    let each = after.saturating_sub(before) / IDLE as u64;
    assert!(
        each < KIB_EACH,
        "{each} KiB a connection: {before} to {after}"
    );
    drop(idle);
    ground.is_quiet();
    ground.is_well();
}
