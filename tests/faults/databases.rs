//! Checksum databases that lie, break or are not there. Each row has a server and a database of its own,
//! since a server believes nothing more of a database that showed two faces.

mod lies;
mod stage;

use std::path::Path;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use testkit::client::{self, Answer};
use testkit::{Modkeep, ModkeepOptions};

use crate::judge::{Wrongs, judge_refusal, shown};
use crate::row::Want;
use crate::site::{MODKEEP, SILENCE, files};
use lies::{After, Lie, lies};
use stage::Stage;

/// How long what went wrong may be remembered: the word of the database that it does not know a
/// version holds for ten seconds.
const MENDED: Duration = Duration::from_mins(1);

const PLAYERS: usize = 5;

#[test]
fn every_fault_of_a_database_is_told_and_survived() {
    let lies = lies();
    assert!(lies.len() >= 40, "{}", lies.len());
    let waiting = Mutex::new(lies.into_iter());
    let told = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..PLAYERS {
            scope.spawn(|| {
                loop {
                    let Some(lie) = waiting.lock().unwrap().next() else {
                        return;
                    };
                    let wrongs = play(&lie);
                    let named = wrongs.iter().map(|wrong| format!("{}: {wrong}", lie.name));
                    told.lock().unwrap().extend(named);
                }
            });
        }
    });
    let told = told.into_inner().unwrap();
    assert!(
        told.is_empty(),
        "{} wrongs\n{}",
        told.len(),
        told.join("\n")
    );
}

fn start(folder: &TempDir, stage: &Stage) -> Modkeep {
    let config = folder.path().join("modkeep.toml");
    std::fs::write(
        &config,
        "[limits]\nretry_start = \"1ms\"\ncircuit_pause = \"1ms\"\nsumdb_call = \"5s\"\n",
    )
    .unwrap();
    ModkeepOptions::new(MODKEEP, &folder.path().join("store"))
        .args(&["--config", config.to_str().unwrap()])
        .args(&["--upstream", &stage.upstream.url()])
        .args(&["--sumdb", &stage.database.gosumdb()])
        .args(&["--upstream-timeout", SILENCE])
        .args(&["--nosumdb", "*.exempt.example"])
        .start()
}

fn play(lie: &Lie) -> Wrongs {
    let (stage, folder) = (Stage::new(), tempfile::tempdir().unwrap());
    let server = start(&folder, &stage);
    let get = |path: &str| client::get(server.authority(), &format!("/{path}"));
    let mut wrongs = Wrongs::new();
    if lie.knows_head && get(&stage.first.url_path("mod")).status != 200 {
        wrongs.push("the first module cannot be had".to_owned());
    }
    stage.tell(&lie.tell);
    let path = lie.ask.path(&stage.module);
    judge(lie, &stage, &get(&path), &mut wrongs);
    let tree = folder.path().join("store/cache/download");
    let held = files(&tree.join(&stage.module.path));
    if lie.want != Want::Right && !held.is_empty() {
        wrongs.push(format!("kept {held:?}"));
    }
    if get("alive.exempt.example/m/@v/v1.0.0.mod").status != 200 {
        wrongs.push("another module is not served any more".to_owned());
    }
    stage.mend();
    judge_mended(lie, &stage, get, &mut wrongs);
    wrongs.extend(judge_end(server, folder.path(), lie));
    wrongs
}

fn judge(lie: &Lie, stage: &Stage, answer: &Answer, wrongs: &mut Wrongs) {
    match lie.want {
        Want::Right if answer.status == 200 && answer.body == lie.ask.right(&stage.module) => {}
        Want::Refused(status) if (answer.status, answer.complete) == (status, true) => {
            wrongs.extend(judge_refusal(answer, &[lie.says], &[], lie.retry));
        }
        wanted => wrongs.push(format!("wanted {wanted:?}, got {}", shown(answer))),
    }
}

/// Failures are remembered for a moment; after that everything is as it should be, without a restart.
fn judge_mended(lie: &Lie, stage: &Stage, get: impl Fn(&str) -> Answer, wrongs: &mut Wrongs) {
    let path = lie.ask.path(&stage.module);
    if lie.after != After::Mended {
        let again = get(&path);
        if again.status != 502 || !again.text().contains(lie.says) {
            wrongs.push(format!("believed again: {}", shown(&again)));
        }
        return;
    }
    let end = Instant::now() + MENDED;
    let mut again = get(&path);
    while again.status != 200 && Instant::now() < end {
        thread::sleep(Duration::from_millis(100));
        again = get(&path);
    }
    if again.status != 200 || again.body != lie.ask.right(&stage.module) {
        wrongs.push(format!("mended, it gives {}", shown(&again)));
    }
}

/// What the server leaves: evidence of a fork, no spool files, a status in its log.
fn judge_end(server: Modkeep, folder: &Path, lie: &Lie) -> Wrongs {
    let mut wrongs = Wrongs::new();
    let evidence = files(&folder.join("store/sumdb"));
    let is_fork = evidence
        .iter()
        .any(|path| path.to_string_lossy().contains("/forks/"));
    if is_fork != (lie.after == After::Forked) {
        wrongs.push(format!("evidence of a fork: {evidence:?}"));
    }
    let (log, said) = (server.access_log(), server.said());
    let status = match lie.want {
        Want::Refused(status) => format!("\"http.response.status_code\":{status}"),
        _ => String::new(),
    };
    if !log.contains(&status) {
        wrongs.push(format!("{status} is not in the access log"));
    }
    if said.contains("panicked") {
        wrongs.push(said);
    }
    let code = server.terminate().code();
    let spooled = files(&folder.join("store/spool"));
    if code != Some(0) || !spooled.is_empty() {
        wrongs.push(format!("ended with {code:?} and {spooled:?}"));
    }
    wrongs
}
