//! The examples of all rules, run.

use std::fmt::Write as _;

use proptest::prelude::*;

use crate::audit::{Audit, Options};
use crate::finding::Finding;
use crate::mend::mend;
use crate::repository::Repository;
use crate::rule::{Example, Rule};
use crate::{RULES, fix};

fn repository(example: &Example) -> Repository {
    let files: Vec<(&str, String)> = example
        .files
        .iter()
        .map(|(path, text)| (*path, filled(text)))
        .collect();
    Repository::from_files(files.iter().map(|(path, text)| (*path, text.as_bytes())))
}

/// The text with Go's default proxy in place.
fn filled(text: &str) -> String {
    let proxy = gomod::defaults::GOPROXY.split(',').next().unwrap();
    text.replace("DEFAULT", proxy)
}

fn audit(example: &Example, repository: Repository) -> Audit {
    let policy = example.policy.map(|text| {
        policy::Policy::parse("policy.toml", filled(text).as_bytes())
            .unwrap_or_else(|error| panic!("{}: {error}", example.title))
    });
    let options = Options {
        today: jiff::civil::date(2026, 6, 1),
        ..Options::default()
    };
    Audit::of(repository, policy.as_ref(), &options)
}

fn of_rule<'a>(audit: &'a Audit, rule: &Rule) -> Vec<&'a Finding> {
    let findings = audit.findings.iter();
    findings
        .filter(|finding| finding.rule.id == rule.id)
        .collect()
}

fn places(audit: &Audit, rule: &Rule) -> Vec<String> {
    let place = |finding: &&Finding| match finding.span {
        Some(span) => {
            let (path, line) = audit.repository.place(span);
            format!("{path}:{line}")
        }
        None => "live".to_owned(),
    };
    of_rule(audit, rule).iter().map(place).collect()
}

#[test]
fn every_rule_finds_what_its_examples_say() {
    let mut wrong = String::new();
    for rule in RULES {
        for example in rule.examples {
            let audit = audit(example, repository(example));
            let found = places(&audit, rule);
            if found != example.finds {
                let _ = writeln!(
                    wrong,
                    "{} ({}): found {found:?}, expected {:?}",
                    rule.id, example.title, example.finds
                );
            }
            for finding in of_rule(&audit, rule) {
                if finding.message.trim().is_empty() || finding.message.contains('\n') {
                    let _ = writeln!(wrong, "{}: message {:?}", rule.id, finding.message);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_fix_mends_its_example() {
    let mut wrong = String::new();
    for rule in RULES {
        for example in rule.examples {
            let Some(expected) = example.fixed else {
                continue;
            };
            let before = audit(example, repository(example));
            let edits: Vec<_> = of_rule(&before, rule)
                .iter()
                .filter_map(|finding| finding.fix.as_ref())
                .flat_map(|fix| fix.edits.clone())
                .collect();
            let changed = fix::apply(&before.repository, &edits).unwrap_or_default();
            let id = before.repository.find(example.files[0].0).unwrap();
            let fixed = changed.get(&id).map(|bytes| String::from_utf8_lossy(bytes));
            if fixed.as_deref() != Some(filled(expected).as_str()) {
                let _ = writeln!(wrong, "{} ({}): fixed is {fixed:?}", rule.id, example.title);
                continue;
            }
            let after = audit(example, before.repository.with_content(&changed));
            if !of_rule(&after, rule).is_empty() {
                let _ = writeln!(wrong, "{} ({}): still found", rule.id, example.title);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What these judge, no file shows: a statement of the caller, the network.
const LIVE_ONLY: [&str; 4] = ["GP412", "GP907", "GP908", "GP909"];

#[test]
fn the_table_is_in_order_and_whole() {
    for pair in RULES.windows(2) {
        assert!(pair[0].id < pair[1].id, "{} {}", pair[0].id, pair[1].id);
    }
    for rule in RULES {
        if LIVE_ONLY.contains(&rule.id) {
            assert!(
                rule.examples.is_empty() && rule.page.len() > 80,
                "{}",
                rule.id
            );
            continue;
        }
        let is_bad = |example: &&Example| !example.finds.is_empty();
        assert!(
            rule.examples.iter().any(|one| is_bad(&one)),
            "{} has no bad example",
            rule.id
        );
        assert!(
            !rule.examples.iter().all(|one| is_bad(&one)),
            "{} has no good example",
            rule.id
        );
        assert!(rule.page.len() > 80, "{} has no page", rule.id);
        assert!(
            rule.summary.len() < 120 && !rule.summary.ends_with('.'),
            "{}",
            rule.id
        );
    }
}

/// Rules and lines that are found in a Dockerfile alone in its repository.
fn in_dockerfile(text: &str) -> Vec<String> {
    let repository = Repository::from_files([("Dockerfile", text.as_bytes())]);
    let audit = Audit::of(repository, None, &Options::default());
    let shown = audit.findings.iter().map(|finding| {
        let line = finding
            .span
            .map_or(0, |span| audit.repository.place(span).1);
        format!("{line} {}", finding.rule.id)
    });
    shown.collect()
}

#[test]
fn the_canonical_pair_of_dockerfiles_is_judged_as_it_says() {
    let bad = "ARG GOPROXY=https://u:tok@p
FROM golang:1.24-alpine AS build
ENV GOPROXY=https://p,direct
RUN go env -w GOPROXY=$GOPROXY
COPY . .
RUN --mount=type=cache,target=/root/go/pkg/mod go build -o /app .
";
    let expected = [
        "1 GP601", "1 GP607", "3 GP603", "4 GP605", "5 GP609", "6 GP611", "6 GP610",
    ];
    assert_eq!(in_dockerfile(bad), expected);
    let good = "FROM golang:1.24-alpine AS build
RUN apk add --no-cache git
ARG GOPROXY GOPRIVATE GONOPROXY GOSUMDB
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,id=gomod-app,target=/go/pkg/mod --mount=type=secret,id=netrc,target=/run/secrets/netrc \\
    NETRC=/run/secrets/netrc go mod download
COPY . .
RUN --mount=type=cache,id=gomod-app,target=/go/pkg/mod CGO_ENABLED=0 go build -trimpath -o /app .
FROM scratch
COPY --from=build /app /app
";
    assert_eq!(in_dockerfile(good), [""; 0]);
}

/// Lines of Dockerfiles, right and wrong ones.
const LINES: &str = "ARG GOPROXY|ARG GOPROXY=https://u:p@h|ARG HTTP_PROXY|ARG X_TOKEN|FROM golang:1\\.25 AS a|FROM a|FROM scratch|ENV GOPROXY=\\$GOPROXY|ENV GOPROXY=https://h,direct GOSUMDB=off|RUN go env -w GOPROXY=\\$GOPROXY GOSUMDB=off|RUN go mod download|RUN --mount=type=cache,target=/root/go/pkg/mod go build|RUN --mount=type=secret,id=n cp /run/secrets/n ~/.netrc|RUN echo GOPROXY=x >> /usr/local/go/go.env|RUN sed -i s/a/b/ /usr/lib/go/go.env \\\\\n  && go list|RUN git config --global url.https://\\$X_TOKEN@h|COPY . .|COPY --from=a /usr/local/go/bin/go /usr/bin/|USER é|ENV GOTOOLCHAIN=auto|ONBUILD ENV GOPROXY=off|copy .netrc /root/";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_dockerfile_is_judged_and_mended_once(
        lines in prop::collection::vec(LINES, 0..9),
        feed in "\n|\r\n",
        last in "\n?",
    ) {
        let text = lines.join(&feed) + &last;
        let repository = Repository::from_files([("Dockerfile", text.as_bytes())]);
        let options = Options::default();
        let audit = Audit::of(repository, None, &options);
        for finding in &audit.findings {
            prop_assert!(finding.span.is_none_or(|span| span.range().end <= text.len()));
        }
        let mended = mend(audit, None, &options, true);
        let again = mend(mended.audit, None, &options, true);
        prop_assert_eq!(again.applied, Vec::<String>::new());
    }
}
