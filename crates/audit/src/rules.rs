//! The table of rules. Each stands in a file of its own, with its page and its examples.

/// A workflow with one setting in its line 3 and one `go` in its line 8, for examples.
macro_rules! workflow {
    ($setting:literal) => {
        concat!(
            "on: push\nenv:\n  ",
            $setting,
            "\njobs:\n  build:\n    steps:\n",
            "      # the only go\n      - run: go build ./...\n"
        )
    };
}

mod builds;
mod caches;
mod commands;
mod dockerignore;
mod flags;
mod gp001;
mod gp002;
mod gp003;
mod gp004;
mod gp005;
mod gp006;
mod gp007;
mod gp008;
mod gp009;
mod gp010;
mod gp011;
mod gp012;
mod gp013;
mod gp014;
mod gp015;
mod gp016;
mod gp017;
mod gp018;
mod gp019;
mod gp020;
mod gp021;
mod gp022;
mod gp023;
mod gp024;
mod gp025;
mod gp026;
mod gp027;
mod gp028;
mod gp029;
mod gp101;
mod gp102;
mod gp103;
mod gp104;
mod gp105;
mod gp106;
mod gp107;
mod gp108;
mod gp109;
mod gp110;
mod gp111;
mod gp112;
mod gp113;
mod gp114;
mod gp115;
mod gp116;
mod gp117;
mod gp118;
mod gp201;
mod gp202;
mod gp203;
mod gp204;
mod gp205;
mod gp206;
mod gp207;
mod gp208;
mod gp209;
mod gp301;
mod gp302;
mod gp303;
mod gp304;
mod gp305;
mod gp306;
mod gp307;
mod gp308;
mod gp309;
mod gp310;
mod gp311;
mod gp312;
mod gp313;
mod gp314;
mod gp315;
mod gp316;
mod gp317;
mod gp318;
mod gp319;
mod gp320;
mod gp401;
mod gp402;
mod gp403;
mod gp404;
mod gp405;
mod gp406;
mod gp407;
mod gp408;
mod gp409;
mod gp410;
mod gp411;
mod gp412;
mod gp501;
mod gp502;
mod gp503;
mod gp504;
mod gp505;
mod gp506;
mod gp507;
mod gp508;
mod gp509;
mod gp510;
mod gp512;
mod gp517;
mod gp524;
mod gp601;
mod gp602;
mod gp603;
mod gp604;
mod gp605;
mod gp606;
mod gp607;
mod gp608;
mod gp609;
mod gp610;
mod gp611;
mod gp612;
mod gp613;
mod gp614;
mod gp615;
mod gp616;
mod gp617;
mod gp618;
mod gp619;
mod gp620;
mod gp621;
mod gp622;
mod gp701;
mod gp702;
mod gp703;
mod gp704;
mod gp705;
mod gp706;
mod gp707;
mod gp708;
mod gp709;
mod gp710;
mod gp711;
mod gp712;
mod gp801;
mod gp802;
mod gp803;
mod gp805;
mod gp806;
mod gp901;
mod gp902;
mod gp903;
mod gp904;
mod gp905;
mod gp906;
mod gp907;
mod gp908;
mod gp909;
mod items;
mod jobs;
mod logins;
mod no_proxy;
mod patterns;
pub(crate) mod privacy;
mod proxy_list;
mod secrets;
mod services;
pub(crate) mod severity;
mod stages;
mod sums;
mod variables;
mod versions;
mod workspace;

use crate::finding::{Edit, Finding, Safety};
use crate::fix;
use crate::judgement::Judgement;
use crate::rule::Rule;
use crate::source::{SourceFile, Span};

/// A policy that lets clients go past its proxy, for examples.
const ROUTED: &str = "name = \"corp\"\n[client]\ngoproxy = \"https://goproxy.corp.example,direct\"\nprivate = [\"git.corp.example\"]\n";

/// A policy that does not, for examples.
const ENFORCED: &str = "name = \"corp\"\n[client]\ngoproxy = \"https://goproxy.corp.example\"\nprivate = [\"git.corp.example\"]\ndirect = \"forbidden\"\n";

/// All rules, in order of id.
pub const RULES: &[&Rule] = &[
    &gp001::RULE,
    &gp002::RULE,
    &gp003::RULE,
    &gp004::RULE,
    &gp005::RULE,
    &gp006::RULE,
    &gp007::RULE,
    &gp008::RULE,
    &gp009::RULE,
    &gp010::RULE,
    &gp011::RULE,
    &gp012::RULE,
    &gp013::RULE,
    &gp014::RULE,
    &gp015::RULE,
    &gp016::RULE,
    &gp017::RULE,
    &gp018::RULE,
    &gp019::RULE,
    &gp020::RULE,
    &gp021::RULE,
    &gp022::RULE,
    &gp023::RULE,
    &gp024::RULE,
    &gp025::RULE,
    &gp026::RULE,
    &gp027::RULE,
    &gp028::RULE,
    &gp029::RULE,
    &gp101::RULE,
    &gp102::RULE,
    &gp103::RULE,
    &gp104::RULE,
    &gp105::RULE,
    &gp106::RULE,
    &gp107::RULE,
    &gp108::RULE,
    &gp109::RULE,
    &gp110::RULE,
    &gp111::RULE,
    &gp112::RULE,
    &gp113::RULE,
    &gp114::RULE,
    &gp115::RULE,
    &gp116::RULE,
    &gp117::RULE,
    &gp118::RULE,
    &gp201::RULE,
    &gp202::RULE,
    &gp203::RULE,
    &gp204::RULE,
    &gp205::RULE,
    &gp206::RULE,
    &gp207::RULE,
    &gp208::RULE,
    &gp209::RULE,
    &gp301::RULE,
    &gp302::RULE,
    &gp303::RULE,
    &gp304::RULE,
    &gp305::RULE,
    &gp306::RULE,
    &gp307::RULE,
    &gp308::RULE,
    &gp309::RULE,
    &gp310::RULE,
    &gp311::RULE,
    &gp312::RULE,
    &gp313::RULE,
    &gp314::RULE,
    &gp315::RULE,
    &gp316::RULE,
    &gp317::RULE,
    &gp318::RULE,
    &gp319::RULE,
    &gp320::RULE,
    &gp401::RULE,
    &gp402::RULE,
    &gp403::RULE,
    &gp404::RULE,
    &gp405::RULE,
    &gp406::RULE,
    &gp407::RULE,
    &gp408::RULE,
    &gp409::RULE,
    &gp410::RULE,
    &gp411::RULE,
    &gp412::RULE,
    &gp501::RULE,
    &gp502::RULE,
    &gp503::RULE,
    &gp504::RULE,
    &gp505::RULE,
    &gp506::RULE,
    &gp507::RULE,
    &gp508::RULE,
    &gp509::RULE,
    &gp510::RULE,
    &gp512::RULE,
    &gp517::RULE,
    &gp524::RULE,
    &gp601::RULE,
    &gp602::RULE,
    &gp603::RULE,
    &gp604::RULE,
    &gp605::RULE,
    &gp606::RULE,
    &gp607::RULE,
    &gp608::RULE,
    &gp609::RULE,
    &gp610::RULE,
    &gp611::RULE,
    &gp612::RULE,
    &gp613::RULE,
    &gp614::RULE,
    &gp615::RULE,
    &gp616::RULE,
    &gp617::RULE,
    &gp618::RULE,
    &gp619::RULE,
    &gp620::RULE,
    &gp621::RULE,
    &gp622::RULE,
    &gp701::RULE,
    &gp702::RULE,
    &gp703::RULE,
    &gp704::RULE,
    &gp705::RULE,
    &gp706::RULE,
    &gp707::RULE,
    &gp708::RULE,
    &gp709::RULE,
    &gp710::RULE,
    &gp711::RULE,
    &gp712::RULE,
    &gp801::RULE,
    &gp802::RULE,
    &gp803::RULE,
    &gp805::RULE,
    &gp806::RULE,
    &gp901::RULE,
    &gp902::RULE,
    &gp903::RULE,
    &gp904::RULE,
    &gp905::RULE,
    &gp906::RULE,
    &gp907::RULE,
    &gp908::RULE,
    &gp909::RULE,
];

/// A rule by its id (`GP101`, letter case does not matter) or name.
pub fn find(id: &str) -> Option<&'static Rule> {
    let mut rules = RULES.iter().copied();
    rules.find(|rule| rule.id.eq_ignore_ascii_case(id) || rule.name == id)
}

/// The finding with a fix that puts `new` in the place of its value `old`, where that can be done to the byte.
fn replacing(
    judgement: &Judgement<'_>,
    finding: Finding,
    old: &str,
    new: &str,
    title: &str,
    safety: Safety,
) -> Finding {
    let edit = finding
        .span
        .and_then(|span| fix::replace_within(judgement.repository, span, old, new));
    match edit {
        Some(edit) => finding.with_fix(format!("{title}: `{new}`"), safety, vec![edit]),
        None => finding,
    }
}

/// The edit that deletes the line of a setting, where nothing else stands on it. The last key of a map
/// in YAML goes with the key of the map, which would be nothing otherwise.
fn alone_on_line(judgement: &Judgement<'_>, span: Span, name: &str) -> Option<Edit> {
    let file = judgement.repository.file(span.file);
    let number = file.line(span);
    let line = file.line_range(number)?;
    let text = file.text().get(line.clone())?;
    let before = text
        .get(..(span.start as usize).checked_sub(line.start)?)?
        .trim();
    let behind = text.get(span.end as usize - line.start..)?.trim();
    let words: Vec<_> = before
        .split([' ', ':', '='])
        .filter(|word| !word.is_empty())
        .collect();
    let is_alone = match words.as_slice() {
        [key] => *key == name,
        [verb, key] => *key == name && matches!(*verb, "ENV" | "ARG" | "export"),
        _ => false,
    };
    if !is_alone || !(behind.is_empty() || behind.starts_with('#')) || text.ends_with('\\') {
        return None;
    }
    let mut edit = fix::delete_line(judgement.repository, span)?;
    if before.ends_with(':') && is_only_key(file, number) {
        let map = file.line_range(number.checked_sub(1)?)?;
        let key = file.text().get(map.clone())?.trim();
        if !matches!(key, "env:" | "variables:" | "environment:" | "args:") {
            return None;
        }
        edit.span.start = u32::try_from(map.start).ok()?;
    }
    Some(edit)
}

/// Whether a line is all there is of a map in YAML.
fn is_only_key(file: &SourceFile, number: usize) -> bool {
    let indentation = |number: usize| {
        let text = file.text().get(file.line_range(number)?)?;
        let trimmed = text.trim_start();
        let counts = !trimmed.is_empty() && !trimmed.starts_with('#');
        counts.then(|| text.len() - trimmed.len())
    };
    let own = indentation(number).unwrap_or_default();
    let before = (1..number).rev().find_map(indentation);
    let after = (number + 1..=file.line_count()).find_map(indentation);
    before.is_some_and(|before| before < own) && after.is_none_or(|after| after < own)
}

/// The finding with a fix that takes its setting away: its line, or the assignment in front of a command.
fn without(judgement: &Judgement<'_>, finding: Finding, name: &str, safety: Safety) -> Finding {
    let Some(span) = finding.span else {
        return finding;
    };
    let edit = alone_on_line(judgement, span, name).or_else(|| in_front(judgement, span, name));
    match edit {
        Some(edit) => finding.with_fix(format!("delete {name}"), safety, vec![edit]),
        None => finding,
    }
}

/// The edit that deletes `NAME=value ` in front of a command, at the begin of a line or behind a blank.
fn in_front(judgement: &Judgement<'_>, span: Span, name: &str) -> Option<Edit> {
    let text = judgement.repository.file(span.file).text();
    let front = text.get(..span.start as usize)?;
    let front = front.strip_suffix('=')?.strip_suffix(name)?;
    let behind = text.get(span.end as usize..)?;
    let blanks = behind.len() - behind.trim_start_matches(' ').len();
    let starts = front.is_empty() || front.ends_with([' ', '\t', '\n']);
    let word = front.trim_end().rsplit([' ', '\t', '\n']).next();
    let is_argument = matches!(
        word,
        Some("export" | "ENV" | "ARG" | "-e" | "--env" | "--build-arg" | "-w" | "env")
    );
    let command = behind[blanks..].starts_with(|first: char| first.is_ascii_alphabetic());
    (starts && blanks > 0 && command && !is_argument).then(|| Edit {
        span: Span::new(span.file, front.len()..span.end as usize + blanks),
        text: String::new(),
    })
}

/// The finding with a fix that gives its setting another name, where its key can be seen in front of the value.
fn renaming(
    judgement: &Judgement<'_>,
    finding: Finding,
    old: &str,
    new: &str,
    safety: Safety,
) -> Finding {
    let Some(span) = finding.span else {
        return finding;
    };
    let file = judgement.repository.file(span.file);
    let line = file.line_range(file.line(span)).unwrap_or_default();
    let before = file
        .text()
        .get(line.start..span.start as usize)
        .unwrap_or_default();
    let Some(at) = before.rfind(old) else {
        return finding;
    };
    let start = line.start + at;
    let edit = Edit {
        span: Span::new(span.file, start..start + old.len()),
        text: new.to_owned(),
    };
    finding.with_fix(format!("set {new} instead"), safety, vec![edit])
}

/// The finding with a fix that exports its setting, where its key can be seen in front of the value.
fn exporting(judgement: &Judgement<'_>, finding: Finding, name: &str, safety: Safety) -> Finding {
    let place = finding.span.and_then(|span| {
        let file = judgement.repository.file(span.file);
        let line = file.line_range(file.line(span))?;
        let before = file.text().get(line.start..span.range().start)?;
        let at = line.start + before.rfind(name)?;
        Some(Span::new(span.file, at..at))
    });
    match place {
        Some(span) => {
            let text = "export ".to_owned();
            finding.with_fix(format!("export {name}"), safety, vec![Edit { span, text }])
        }
        None => finding,
    }
}

/// The finding with an unsafe fix that writes the policy's GOPROXY, if there is a policy.
fn instead(judgement: &Judgement<'_>, finding: Finding, old: &str) -> Finding {
    match judgement.policy {
        Some(policy) => {
            let wanted = &policy.client.goproxy_written;
            replacing(
                judgement,
                finding,
                old,
                wanted,
                "as the policy has it",
                Safety::Unsafe,
            )
        }
        None => finding,
    }
}

#[cfg(test)]
mod tests;
