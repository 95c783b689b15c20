//! Runs a row and says everything that is not as it should be.

use testkit::client::Answer;

use crate::row::{Ask, Behind, Fault, Retry, Want};
use crate::site::{Left, Plot, Site, files};

/// How much of a streamed zip is held back until it is proven.
const HELD_BACK: usize = 64 << 10;

/// What is wrong with a row, in words; empty when all is well.
pub(crate) type Wrongs = Vec<String>;

/// Plays one row: the fault, what is kept of it, another module, the fault mended.
pub(crate) fn play(site: &Site, plot: &mut Plot, number: usize) -> Wrongs {
    let mut wrongs = Vec::new();
    let path = plot.row.ask.path(&plot.module);
    plot.break_it(&site.stranger);
    let answer = match plot.row.want {
        Want::Broken => site.watch(&path, &plot.upstream),
        _ => site.get(&path),
    };
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
    }
    wrongs
}

/// Whether the log has the row's status for its path, and the mended one; whether the right bytes are kept.
pub(crate) fn judge_left(plot: &Plot, left: &Left) -> Wrongs {
    let mended = !matches!(plot.row.fault, Fault::Elsewhere(_));
    let below = plot.row.ask.path(&plot.module);
    let mut wrongs = Wrongs::new();
    if has_file(plot.row.ask) {
        let right = mended.then(|| plot.row.ask.right(&plot.module));
        if left.kept(&below) != right {
            wrongs.push("no or other bytes are kept in the end".to_owned());
        }
    }
    let path = format!("/{below}");
    let lines = left
        .log
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
        Want::Broken => &[502],
        Want::Unresolved => &[503, 504],
    };
    if logged.len() == 1 + usize::from(mended)
        && logged.iter().any(|status| allowed.contains(status))
        && (!mended || logged.contains(&200))
    {
        return wrongs;
    }
    wrongs.push(format!("the access log has {logged:?} of it"));
    wrongs
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
        Want::Broken if answer.status == 200 && !answer.complete => {
            let promised: usize = answer.header("content-length").parse().unwrap_or(0);
            if answer.body.is_empty() || answer.body.len() + HELD_BACK > promised {
                let length = answer.body.len();
                wrongs.push(format!("{length} of {promised} bytes were given"));
            }
        }
        Want::Refused(status) | Want::Cut(status)
            if (answer.status, answer.complete) == (status, true) =>
        {
            wrongs.extend(judge_text(plot, answer));
        }
        Want::Unresolved if matches!(answer.status, 503 | 504) => {
            wrongs.extend(judge_text(plot, answer));
        }
        wanted => wrongs.push(format!("wanted {wanted:?}, got {}", shown(answer))),
    }
}

/// What the row wants to be told, and by whom.
fn judge_text(plot: &Plot, answer: &Answer) -> Wrongs {
    let (row, source) = (&plot.row, plot.source());
    let name = source.split_once("//").map_or("", |(_, name)| name);
    let says: Vec<&str> = row.says.iter().copied().chain([name]).collect();
    judge_refusal(answer, &says, &row.hides, row.retry)
}

/// The text, and the headers that say whether to come back and that nothing is to be kept.
pub(crate) fn judge_refusal(
    answer: &Answer,
    says: &[&str],
    hides: &[&str],
    retry: Retry,
) -> Wrongs {
    let (text, mut wrongs) = (answer.text(), Wrongs::new());
    for part in says.iter().filter(|part| !text.contains(**part)) {
        wrongs.push(format!("{part:?} is not in {text:?}"));
    }
    for part in hides.iter().filter(|part| text.contains(**part)) {
        wrongs.push(format!("{part:?} is in {text:?}"));
    }
    let is_shown = |letter: char| letter == '\n' || !letter.is_control();
    if text.lines().count() > 8 || text.len() > 648 || !text.chars().all(is_shown) {
        wrongs.push(format!("`go` would not show {text:?}"));
    }
    if answer.header("content-type") != "text/plain; charset=utf-8" {
        wrongs.push(format!("is {:?}", answer.header("content-type")));
    }
    let later = answer.header("retry-after");
    let seconds: Option<u64> = later.parse().ok();
    let as_told = match retry {
        Retry::Never => later.is_empty(),
        Retry::Some => seconds.is_some_and(|seconds| (1..=3600).contains(&seconds)),
        Retry::Seconds(wanted) => seconds == Some(wanted),
    };
    if !as_told {
        wrongs.push(format!("Retry-After is {later:?}, not {retry:?}"));
    }
    let cache = answer.header("cache-control");
    let fine = match answer.status {
        404 => cache.starts_with("max-age="),
        _ => cache == "no-store",
    };
    if !fine {
        wrongs.push(format!("Cache-Control is {cache:?}"));
    }
    wrongs
}

/// Whether the one behind was asked when it should have been, and only then.
fn judge_behind(plot: &Plot, wrongs: &mut Wrongs) {
    let Some(behind) = &plot.behind else { return };
    let asked = behind.count("*") > 0;
    let wanted = match plot.row.behind {
        Behind::Pipe | Behind::Comma => plot.row.want == Want::Right,
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

pub(crate) fn shown(answer: &Answer) -> String {
    let text: String = answer.text().chars().take(300).collect();
    let whole = if answer.complete { "" } else { ", cut" };
    format!("{}{whole} {text:?}", answer.status)
}
