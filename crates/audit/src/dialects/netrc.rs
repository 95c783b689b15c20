//! netrc files: nothing runs in them, and rules look at their machines.

use crate::dialect::Dialect;
use crate::repository::Repository;
use crate::source::FileId;
use crate::unit::{Detail, Unit};

/// Reads a file. The places of its machines are bytes of the file.
pub(crate) fn read(file: FileId, repository: &Repository) -> Unit {
    let mut unit = Unit::empty(file, Dialect::Netrc);
    let netrc = platform::Netrc::parse(repository.file(file).text());
    unit.detail = Detail::Netrc(Box::new(netrc));
    unit
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    #[test]
    fn machines_have_their_place() {
        let text = "machine a.example:8443 login u password p\nmachine b login u\ndefault\n";
        let (repository, unit) = super::super::outline::read(read, &[("home/u/.netrc", text)]);
        let Detail::Netrc(netrc) = &unit.detail else {
            panic!("{:?}", unit.detail);
        };
        let place = |place: &std::ops::Range<usize>| {
            let span = Span::new(unit.file, place.clone());
            (repository.slice(span).to_owned(), repository.place(span).1)
        };
        let machines: Vec<_> = netrc.machines.iter().map(|one| place(&one.place)).collect();
        assert_eq!(machines, [("a.example:8443".to_owned(), 1)]);
        let incomplete: Vec<_> = netrc
            .incomplete
            .iter()
            .map(|one| place(&one.place))
            .collect();
        assert_eq!(incomplete, [("b".to_owned(), 2)]);
        assert_eq!(
            netrc.default.as_ref().map(place),
            Some(("default".to_owned(), 3))
        );
    }
}
