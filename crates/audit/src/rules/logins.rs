//! netrc: the files of a repository, and those that scripts write.

use platform::Netrc;

use crate::judgement::Judgement;
use crate::site::{Act, Site};
use crate::source::Span;
use crate::unit::Detail;

/// A netrc with what is needed to speak of places in it.
pub(super) struct File<'a> {
    /// What it says.
    pub(super) netrc: Netrc,
    /// Where it stands: all of a file, or what a script writes.
    pub(super) span: Span,
    /// Who writes it; `None` for a file.
    pub(super) writer: Option<&'a Site>,
}

/// All netrc files, in order of place.
pub(super) fn files<'a>(judgement: &Judgement<'a>) -> Vec<File<'a>> {
    let mut found = Vec::new();
    for unit in &judgement.repository.units {
        if let Detail::Netrc(netrc) = &unit.detail {
            let length = judgement.repository.file(unit.file).text().len();
            found.push(File {
                netrc: netrc.as_ref().clone(),
                span: Span::new(unit.file, 0..length),
                writer: None,
            });
        }
    }
    for site in judgement.others {
        if let Act::Write { content, .. } = &site.act
            && site
                .words
                .iter()
                .any(|path| path.ends_with("netrc") || path == "$NETRC")
        {
            found.push(File {
                netrc: Netrc::parse(&content.text.to_string()),
                span: content.span,
                writer: Some(site),
            });
        }
    }
    found.sort_by_key(|file| file.span);
    found
}

impl File<'_> {
    /// Where a word stands: in a file by its place, in what a script writes by looking for it.
    pub(super) fn place(
        &self,
        judgement: &Judgement<'_>,
        word: &str,
        place: &std::ops::Range<usize>,
    ) -> Span {
        if self.writer.is_none() {
            return Span::new(self.span.file, place.clone());
        }
        let start = self.span.start as usize;
        match judgement.repository.slice(self.span).find(word) {
            Some(at) => Span::new(self.span.file, start + at..start + at + word.len()),
            None => self.span,
        }
    }
}
