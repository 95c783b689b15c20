//! `JUnit` XML: a suite a file, a case a rule and site.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Shown, severity};

/// The report. A finding of any severity is a failure of its case, with the severity as its type.
pub(super) fn render(list: &[Shown<'_>]) -> String {
    let mut report = Report::new("modkeep");
    let mut rest = list;
    while let [first, ..] = rest {
        let length = rest
            .iter()
            .take_while(|shown| shown.path == first.path)
            .count();
        let (of_file, behind) = rest.split_at(length);
        rest = behind;
        let name = if first.path.is_empty() {
            "environment"
        } else {
            first.path
        };
        let mut suite = TestSuite::new(name);
        suite.add_test_cases(of_file.iter().map(case));
        report.add_test_suite(suite);
    }
    if list.is_empty() {
        let mut suite = TestSuite::new("modkeep");
        suite.add_test_case(TestCase::new("no findings", TestCaseStatus::success()));
        report.add_test_suite(suite);
    }
    report.to_string().unwrap_or_default()
}

fn case(shown: &Shown<'_>) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(shown.message.as_str());
    status.set_type(severity(shown.severity));
    let place = format!("{}:{}:{}", shown.path, shown.line, shown.column);
    let mut text = place.clone();
    if !shown.site.is_empty() {
        text = format!("{text}\n{}", shown.site);
    }
    status.set_description(text);
    let name = format!("{} {} {place}", shown.rule.id, shown.rule.name);
    let mut case = TestCase::new(name, status);
    case.set_classname(shown.rule.id);
    case
}
