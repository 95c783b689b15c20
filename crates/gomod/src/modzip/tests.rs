//! Real and hostile zips.

use std::io::Cursor;

#[test]
fn an_empty_zip_is_one() {
    let mut end = b"PK\x05\x06".to_vec();
    end.resize(22, 0);
    assert_eq!(
        super::hash(Cursor::new(end)).unwrap(),
        "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    );
}
