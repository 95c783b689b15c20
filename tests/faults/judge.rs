//! Runs a row and says everything that is not as it should be.

use testkit::client::Answer;

use crate::row::{Ask, Behind, Fault, Retry, Want};
use crate::site::{Plot, Site, files};

/// What is wrong with a row, in words; empty when all is well.
pub(crate) type Wrongs = Vec<String>;

/// Plays one row: the fault, what is kept of it, another module, the fault mended.
pub(crate) fn play(site: &Site, plot: &mut Plot, number: usize) -> Wrongs {
    let mut wrongs = Vec::new();
    let path = plot.row.ask.path(&plot.module);
    plot.break_it(&site.stranger);
    let answer = site.get(&path);
    judge(plot, &answer, &mut wrongs);
    let held = held(site, plot);
    if plot.row.want != Want::Right && !held.is_empty() {
        wrongs.push(format!("kept {held:?}"));
    }
    if !site.is_well(number) {
        wrongs.push("another module is not served any more".to_owned());
    }
    judge_behind(plot, &mut wrongs);
    if plot.mend_it() {
        let again = site.get(&path);
        let right = plot.row.ask.right(&plot.module);
        if (again.status, again.complete, &again.body) != (200, true, &right) {
            wrongs.push(format!("mended, it gives {}", shown(&again)));
        }
        if has_file(plot.row.ask) && held_bytes(site, plot) != Some(right) {
            wrongs.push("mended, it keeps no or other bytes".to_owned());
        }
    }
    wrongs
}

/// Whether the log has the row's status for its path, and the mended one.
pub(crate) fn judge_log(plot: &Plot, log: &str) -> Wrongs {
    let path = format!("/{}", plot.row.ask.path(&plot.module));
    let lines = log
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let logged: Vec<u64> = lines
        .filter(|line| line["url.path"] == path.as_str())
        .map(|line| line["http.response.status_code"].as_u64().unwrap())
        .collect();
    let allowed: &[u64] = match plot.row.want {
        Want::Right => &[200],
        Want::Refused(status) => &[status.into()],
        // What breaks off is the upstream's failure, whatever the head said.
        Want::Cut(status) => &[status.into(), 502],
    };
    let mended = !matches!(plot.row.fault, Fault::Elsewhere(_));
    if logged.len() == 1 + usize::from(mended)
        && logged.iter().any(|status| allowed.contains(status))
        && (!mended || logged.contains(&200))
    {
        return Vec::new();
    }
    vec![format!("the access log has {logged:?} of it")]
}

fn judge(plot: &Plot, answer: &Answer, wrongs: &mut Wrongs) {
    let right = plot.row.ask.right(&plot.module);
    match plot.row.want {
        Want::Right if (answer.status, answer.complete, &answer.body) == (200, true, &right) => {}
        Want::Cut(_) if answer.status == 200 && !answer.complete => {
            if answer.body.len() >= right.len() {
                wrongs.push("the cut answer is as long as the right one".to_owned());
            }
        }
        Want::Refused(status) | Want::Cut(status)
            if (answer.status, answer.complete) == (status, true) =>
        {
            judge_refusal(plot, answer, wrongs);
        }
        wanted => wrongs.push(format!("wanted {wanted:?}, got {}", shown(answer))),
    }
}

/// The text, and the headers that say whether to come back and that nothing is to be kept.
fn judge_refusal(plot: &Plot, answer: &Answer, wrongs: &mut Wrongs) {
    let (row, text) = (&plot.row, answer.text());
    let source = plot.source();
    let name = source.split_once("//").map_or("", |(_, name)| name);
    for part in row.says.iter().chain([&name]) {
        if !text.contains(part) {
            wrongs.push(format!("{part:?} is not in {text:?}"));
        }
    }
    for part in &row.hides {
        if text.contains(part) {
            wrongs.push(format!("{part:?} is in {text:?}"));
        }
    }
    let is_shown = |letter: char| letter == '\n' || !letter.is_control();
    if text.lines().count() > 8 || text.len() > 648 || !text.chars().all(is_shown) {
        wrongs.push(format!("`go` would not show {text:?}"));
    }
    if answer.header("content-type") != "text/plain; charset=utf-8" {
        wrongs.push(format!("is {:?}", answer.header("content-type")));
    }
    let retry = answer.header("retry-after");
    let seconds: Option<u64> = retry.parse().ok();
    let as_told = match row.retry {
        Retry::Never => retry.is_empty(),
        Retry::Some => seconds.is_some_and(|seconds| (1..=3600).contains(&seconds)),
        Retry::Seconds(wanted) => seconds == Some(wanted),
    };
    if !as_told {
        wrongs.push(format!("Retry-After is {retry:?}, not {:?}", row.retry));
    }
    let cache = answer.header("cache-control");
    let fine = match answer.status {
        404 => cache.starts_with("max-age="),
        _ => cache == "no-store",
    };
    if !fine {
        wrongs.push(format!("Cache-Control is {cache:?}"));
    }
}

/// Whether the one behind was asked when it should have been, and only then.
fn judge_behind(plot: &Plot, wrongs: &mut Wrongs) {
    let Some(behind) = &plot.behind else { return };
    let asked = behind.count("*") > 0;
    let wanted = match plot.row.behind {
        Behind::Pipe => true,
        Behind::Comma => plot.row.want == Want::Right,
        Behind::Nothing => false,
    };
    if asked != wanted {
        wrongs.push(format!("the one behind was asked: {asked}"));
    }
}

/// The files that are kept of the row's module.
fn held(site: &Site, plot: &Plot) -> Vec<std::path::PathBuf> {
    let path = plot.module.name().path.escaped();
    files(&site.store().join("cache/download").join(path))
}

fn has_file(ask: Ask) -> bool {
    matches!(ask, Ask::Info | Ask::Mod | Ask::Zip)
}

/// What is kept of what was asked for.
fn held_bytes(site: &Site, plot: &Plot) -> Option<Vec<u8>> {
    let path = plot.row.ask.path(&plot.module);
    std::fs::read(site.store().join("cache/download").join(path)).ok()
}

fn shown(answer: &Answer) -> String {
    let text: String = answer.text().chars().take(300).collect();
    let whole = if answer.complete { "" } else { ", cut" };
    format!("{}{whole} {text:?}", answer.status)
}
