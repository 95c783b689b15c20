//! GOPROXY values with the place of each entry, broken ones too.

/// An entry of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry<'t> {
    /// Without blanks around it; never empty.
    pub(super) text: &'t str,
    /// Where `text` begins in the value.
    pub(super) at: usize,
    /// What stands behind it: `,`, `|`, or nothing.
    pub(super) separator: Option<char>,
}

/// The entries of a GOPROXY value in order, those behind `direct` and `off` too; empty ones are left out.
pub(super) fn entries(value: &str) -> impl Iterator<Item = Entry<'_>> {
    let mut at = 0;
    value.split_inclusive([',', '|']).filter_map(move |piece| {
        let start = at;
        at += piece.len();
        let separator = piece
            .chars()
            .next_back()
            .filter(|last| matches!(last, ',' | '|'));
        let text = piece.trim_end_matches([',', '|']);
        let trimmed = text.trim();
        let inside = text.len() - text.trim_start().len();
        (!trimmed.is_empty()).then_some(Entry {
            text: trimmed,
            at: start + inside,
            separator,
        })
    })
}

/// The entries that `go` reads: up to the first `direct` or `off`.
pub(super) fn reached(value: &str) -> impl Iterator<Item = Entry<'_>> {
    let mut ended = false;
    entries(value).take_while(move |entry| {
        let goes_on = !ended;
        ended |= matches!(entry.text, "direct" | "off");
        goes_on
    })
}

impl<'t> Entry<'t> {
    /// The host, with its port, of an http or https URL, or of an entry without scheme.
    pub(super) fn host(&self) -> Option<&'t str> {
        let rest = match self.text.split_once("://") {
            Some((scheme, rest)) => {
                let known = ["http", "https"]
                    .iter()
                    .any(|known| scheme.eq_ignore_ascii_case(known));
                known.then_some(rest)?
            }
            None if self.text.contains(['.', ':', '/']) && !self.text.contains(":/") => self.text,
            None => return None,
        };
        let authority = rest.split(['/', '?', '#']).next()?;
        let host = authority.rsplit('@').next()?;
        (!host.is_empty() && !host.contains([' ', '$', '"', '\''])).then_some(host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_have_their_places() {
        let list: Vec<_> = entries(" a, b|,direct").collect();
        let shown: Vec<_> = list
            .iter()
            .map(|one| (one.text, one.at, one.separator))
            .collect();
        assert_eq!(
            shown,
            [
                ("a", 1, Some(',')),
                ("b", 4, Some('|')),
                ("direct", 7, None)
            ]
        );
        assert_eq!(entries(" ,|").count(), 0);
    }
}
