//! Each way of setting a variable in a makefile.

use proptest::prelude::*;

use super::*;
use crate::dialects::outline;
use crate::dialects::shown::{check_table, shown_blocks};

fn shown_text(text: &str) -> String {
    let included = "INC = 1\nexport GOSUMDB = off\ninc:\n\tgo vet\n";
    let (_, unit) = outline::read(read, &[("Makefile", text), ("common.mk", included)]);
    let faults = unit.faults.iter();
    let faults = faults.map(|fault| format!("fault {}\n", fault.message));
    faults.collect::<String>() + &shown_blocks(&unit.blocks, text)
}

#[test]
fn variables_and_targets_are_read() {
    check_table(include_str!("../../../testdata/make.txt"), shown_text);
}

#[test]
fn makefiles_that_include_each_other_end() {
    let files = [
        ("Makefile", "include a.mk\n"),
        ("a.mk", "include b.mk\n"),
        ("b.mk", "include a.mk\nX = 1\n"),
    ];
    let (_, unit) = outline::read(read, &files);
    assert_eq!(unit.blocks.len(), 1);
}

#[test]
fn growing_variables_end() {
    let mut text = "A = x\n".to_owned();
    for _ in 0..40 {
        text.push_str("A += $(A) $(A) $(A) $(A)\n");
    }
    text.push_str("a:\n\t$(A) $(A)\n");
    let (_, unit) = outline::read(read, &[("Makefile", &text)]);
    assert_eq!(unit.blocks.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn any_file_is_read(text in "([A-C]+ ?[:?+!]?=|a:|\t|\n|\\$\\(|\\)|\\$|ifeq|endif|define|endef|\\\\\n|é| |#|export ){0,40}") {
        let (repository, unit) = outline::read(read, &[("Makefile", &text)]);
        prop_assert!(unit.blocks.iter().all(|block| !repository.slice(block.span).is_empty() || text.is_empty()));
    }
}
