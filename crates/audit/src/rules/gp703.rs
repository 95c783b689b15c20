//! GP703 systemd-syntax.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::dialects::systemd::SPECIFIERS;
use crate::finding::{Edit, Safety};
use crate::fix;
use crate::source::Span;
use crate::unit::{Detail, Directive, Word};

/// Systemd takes the line for something else than is meant.
pub(super) const RULE: Rule = Rule {
    id: "GP703",
    name: "systemd-syntax",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "systemd takes the line for something else than is meant",
    page: "`Environment=` is a list of assignments separated by blanks. What is no assignment is dropped with a warning in the log; `%` begins a specifier; nothing is expanded, so `$X` stays as it is; there are no comments behind a value; other sections than `[Service]` (in `system.conf` other than `[Manager]`) do not read it.\n\nOne quoted assignment for each setting: `Environment=\"GOPROXY=https://goproxy.corp.example,direct\"`, with `%%` for a percent sign. `modkeep emit systemd-system` writes it.",
    examples: &[
        Example {
            title: "an unquoted blank",
            files: &[(
                "etc/systemd/system/ci.service",
                "[Service]\nEnvironment=GOPROXY=https://goproxy.corp.example, direct\n",
            )],
            policy: None,
            finds: &["etc/systemd/system/ci.service:2"],
            fixed: Some("[Service]\nEnvironment=\"GOPROXY=https://goproxy.corp.example,direct\"\n"),
        },
        Example {
            title: "a lone percent sign",
            files: &[(
                "etc/systemd/system/ci.service",
                "[Service]\nEnvironment=\"GOPROXY=https://goproxy.corp.example/a%20b\"\n",
            )],
            policy: None,
            finds: &["etc/systemd/system/ci.service:2"],
            fixed: Some("[Service]\nEnvironment=\"GOPROXY=https://goproxy.corp.example/a%%20b\"\n"),
        },
        Example {
            title: "export",
            files: &[(
                "etc/systemd/system/ci.service",
                "[Service]\nEnvironment=export GOPROXY=https://goproxy.corp.example\n",
            )],
            policy: None,
            finds: &["etc/systemd/system/ci.service:2"],
            fixed: Some("[Service]\nEnvironment=GOPROXY=https://goproxy.corp.example\n"),
        },
        Example {
            title: "a comment behind the value",
            files: &[(
                "etc/systemd/system/ci.service",
                "[Service]\nEnvironment=GOPROXY=https://goproxy.corp.example # ours\n",
            )],
            policy: None,
            finds: &["etc/systemd/system/ci.service:2"],
            fixed: Some("[Service]\nEnvironment=GOPROXY=https://goproxy.corp.example\n"),
        },
        Example {
            title: "a reference",
            files: &[(
                "etc/systemd/system/ci.service",
                "[Service]\nEnvironment=GOPROXY=$CORP_PROXY\n",
            )],
            policy: None,
            finds: &["etc/systemd/system/ci.service:2"],
            fixed: None,
        },
        Example {
            title: "a section that does not read it",
            files: &[(
                "etc/systemd/system/ci.service",
                "[Unit]\nEnvironment=GOPROXY=https://goproxy.corp.example\n[Service]\nExecStart=/bin/true\n",
            )],
            policy: None,
            finds: &["etc/systemd/system/ci.service:2"],
            fixed: None,
        },
        Example {
            title: "the manager under another section",
            files: &[(
                "etc/systemd/system.conf.d/go.conf",
                "[Service]\nDefaultEnvironment=GOPROXY=https://goproxy.corp.example\n",
            )],
            policy: None,
            finds: &["etc/systemd/system.conf.d/go.conf:2"],
            fixed: None,
        },
        Example {
            title: "a shell script as environment file",
            files: &[
                (
                    "etc/default/ci",
                    "export GOPROXY=https://goproxy.corp.example\nGOSUMDB=sum.golang.org # Go\n",
                ),
                (
                    "etc/systemd/system/ci.service",
                    "[Service]\nEnvironmentFile=/etc/default/ci\nExecStart=/usr/local/go/bin/go build\n",
                ),
            ],
            policy: None,
            finds: &["etc/default/ci:1", "etc/default/ci:2"],
            fixed: Some("GOPROXY=https://goproxy.corp.example\nGOSUMDB=sum.golang.org\n"),
        },
        Example {
            title: "a quote without end",
            files: &[(
                "etc/systemd/system/ci.service",
                "[Service]\nEnvironment=\"GOPROXY=https://goproxy.corp.example\n",
            )],
            policy: None,
            finds: &["etc/systemd/system/ci.service:2"],
            fixed: None,
        },
        Example {
            title: "in order",
            files: &[(
                "etc/systemd/system/ci.service",
                "# GOPROXY for CI\n[Service]\nEnvironment=\"GOPROXY=https://goproxy.corp.example,direct\" GOPRIVATE=git.corp.example\nEnvironment=GOENV=%h/go.env\nEnvironment=MESSAGE=a b\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "the manager in order",
            files: &[(
                "etc/systemd/system.conf.d/go.conf",
                "[Manager]\nDefaultEnvironment=\"GOPROXY=https://goproxy.corp.example/100%%25\"\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for unit in &judgement.repository.units {
        let Detail::Systemd(systemd) = &unit.detail else {
            continue;
        };
        for directive in &systemd.directives {
            if let Some(first) = directive.words.iter().find(|word| names_go(word)) {
                Looker {
                    rule,
                    judgement,
                    directive,
                    named: first.assignment(),
                    findings,
                }
                .look();
            }
        }
    }
}

/// Whether a word sets a variable of Go, or is meant to.
fn names_go(word: &Word) -> bool {
    let text = word.text.strip_prefix("export ").unwrap_or(&word.text);
    let name = text.split_once('=').map(|(name, _)| name);
    name.is_some_and(|name| name.starts_with("GO") || name == "NETRC")
}

struct Looker<'a, 'f> {
    rule: &'static Rule,
    judgement: &'a Judgement<'a>,
    directive: &'a Directive,
    /// The first setting of Go in it.
    named: Option<(&'a str, &'a str)>,
    findings: &'f mut Vec<Finding>,
}

impl Looker<'_, '_> {
    fn look(&mut self) {
        let directive = self.directive;
        let key = &directive.key;
        if !directive.is_read {
            let message = format!(
                "systemd does not read `{key}=` in [{}] of this file; {}",
                directive.section,
                remedy(key)
            );
            self.push(directive.span, message, None);
            return;
        }
        if key == "EnvironmentFile" {
            for word in directive.words.iter().filter(|word| names_go(word)) {
                self.line_of_file(word);
            }
            return;
        }
        let words = &directive.words;
        // First the value is put together: a fix of the word in front of it would get in the way.
        let is_whole = !self.stray(words);
        for (at, word) in words.iter().enumerate() {
            if word.is_broken {
                let message = "a quote without end or an escape that systemd does not know: it drops this word and all that follows";
                self.push(word.span, message.to_owned(), None);
            } else if word.assignment().is_some() {
                self.value(word);
            } else if word.text == "export" {
                let next = words
                    .get(at + 1)
                    .map_or(word.span.end, |next| next.span.start);
                let gone = Span {
                    end: next,
                    ..word.span
                };
                let message = "systemd knows no `export` and drops the word; leave it out";
                let edit = is_whole.then(|| (gone, String::new()));
                self.push(word.span, message.to_owned(), edit);
            }
        }
    }

    /// Words behind an assignment that are none: the rest of a value, or a comment. Tells whether there are any.
    fn stray(&mut self, words: &[Word]) -> bool {
        let is_stray =
            |word: &&Word| word.assignment().is_none() && word.text != "export" && !word.is_broken;
        let mut rest = words;
        let before = self.findings.len();
        while let Some(at) = rest.iter().position(names_go) {
            let owner = &rest[at];
            rest = &rest[at + 1..];
            let strays: Vec<&Word> = rest.iter().take_while(is_stray).collect();
            let (Some(first), Some(last)) = (strays.first(), strays.last()) else {
                continue;
            };
            if first.text.starts_with(['#', ';']) {
                // All that follows is meant as a comment.
                let end = words.last().map_or(last.span.end, |word| word.span.end);
                let gone = Span {
                    start: owner.span.end,
                    end,
                    ..owner.span
                };
                let message = "systemd knows no comment behind a value and drops these words one by one; put it on a line of its own";
                self.push(first.span, message.to_owned(), Some((gone, String::new())));
                return true;
            }
            let whole = Span {
                end: last.span.end,
                ..owner.span
            };
            let mut text = owner.text.clone();
            for word in &strays {
                if !text.ends_with(',') && !word.text.starts_with(',') {
                    text.push(' ');
                }
                text.push_str(&word.text);
            }
            let message = format!(
                "the blank ends the value, and systemd drops `{}`: put the whole assignment in quotes",
                first.text
            );
            let is_simple = !text.contains(['"', '\\']);
            let edit = is_simple.then(|| (whole, format!("\"{text}\"")));
            self.push(owner.span, message, edit);
        }
        self.findings.len() > before
    }

    /// The value of an assignment.
    fn value(&mut self, word: &Word) {
        let Some((name, value)) = word.assignment().filter(|_| names_go(word)) else {
            return;
        };
        let lone = lone_percent(value);
        if let Some(sign) = lone {
            let written = &value[sign..].chars().take(3).collect::<String>();
            let doubled = format!("%{written}");
            let edit = fix::replace_within(self.judgement.repository, word.span, written, &doubled);
            let message = format!(
                "`%` begins a specifier in {name}, and systemd drops the assignment where it knows none of that letter: write `%%` for a percent sign"
            );
            self.push(word.span, message, edit.map(|edit| (edit.span, edit.text)));
        } else if refers(value) {
            let message = format!(
                "systemd expands no variable here, so that {name} is `{value}` to the letter; write the value, or put it into an EnvironmentFile"
            );
            self.push(word.span, message, None);
        }
    }

    /// A line of a file that `EnvironmentFile=` names.
    fn line_of_file(&mut self, word: &Word) {
        let raw = self.judgement.repository.slice(word.span);
        if let Some(rest) = raw.strip_prefix("export ") {
            let front = raw.len() - rest.trim_start().len();
            let start = word.span.range().start;
            let gone = Span::new(word.span.file, start..start + front);
            let message = "systemd passes over a line with `export`; leave the word out";
            self.push(word.span, message.to_owned(), Some((gone, String::new())));
            return;
        }
        let comment = raw.find(" #").filter(|_| !raw.ends_with(['"', '\'']));
        if let Some(at) = comment {
            let kept = raw[..at].trim_end().len();
            let end = word.span.range().end;
            let gone = Span::new(word.span.file, word.span.range().start + kept..end);
            let message =
                "`#` begins a comment at the begin of a line only: here it is part of the value";
            self.push(word.span, message.to_owned(), Some((gone, String::new())));
        }
    }

    fn push(&mut self, span: Span, message: String, edit: Option<(Span, String)>) {
        let mut finding = Finding::new(self.rule, Some(span), message);
        if let Some((name, value)) = self.named {
            finding = finding.about(name, value);
        }
        if let Some((span, text)) = edit {
            let title = "write it as systemd reads it";
            finding = finding.with_fix(title, Safety::Safe, vec![Edit { span, text }]);
        }
        self.findings.push(finding);
    }
}

/// Where the line belongs.
fn remedy(key: &str) -> &'static str {
    if key == "DefaultEnvironment" {
        "`DefaultEnvironment=` belongs in [Manager] of system.conf or user.conf"
    } else {
        "`Environment=` belongs in [Service] of a unit, `DefaultEnvironment=` in [Manager] of system.conf"
    }
}

/// The first percent sign that is neither doubled nor begins a specifier.
fn lone_percent(value: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = value[at..].find('%') {
        let sign = at + found;
        match value[sign + 1..].chars().next() {
            Some('%') => at = sign + 2,
            // `%h/go.env`, and not `%C3`: what looks like an escape of a URL is meant as one.
            Some(letter) if SPECIFIERS.contains(letter) && !is_escape(&value[sign + 1..]) => {
                at = sign + 2;
            }
            _ => return Some(sign),
        }
    }
    None
}

/// Whether two hexadecimal digits follow, as in an escape of a URL.
fn is_escape(text: &str) -> bool {
    let mut letters = text.chars();
    let digit = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_hexdigit());
    digit(letters.next()) && digit(letters.next())
}

/// Whether a value holds what looks like a reference to a variable.
fn refers(value: &str) -> bool {
    value.match_indices('$').any(|(at, _)| {
        let next = value[at + 1..].chars().next();
        next.is_some_and(|next| next == '{' || next == '_' || next.is_ascii_alphabetic())
    })
}
