//! `modkeep verify`.

use crate::run::Place;

#[test]
fn a_store_that_is_not_there_cannot_be_checked() {
    let said = Place::new().run(&["verify", "--store", "nowhere"]);
    assert_eq!((said.code, said.out.as_str()), (Some(3), ""));
    assert!(said.err.contains("nowhere"), "{}", said.err);
}
