//! The glob patterns of GOPRIVATE, GONOPROXY, GONOSUMDB and GOINSECURE.
//!
//! Go Modules Reference, "Private modules"; follows `module.MatchPrefixPatterns` and `path.Match`.

use crate::error::Error;

/// A comma-separated list of patterns (`module.MatchPrefixPatterns`). Malformed and empty ones match nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patterns {
    patterns: Vec<Pattern>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern {
    written: String,
    /// Slashes in it. It is held against one element more of a path.
    slashes: usize,
    /// None when it is malformed.
    pieces: Option<Vec<Piece>>,
}

impl Patterns {
    /// Reads a list; any text is one. Spaces count, as they do for Go.
    pub fn parse(text: &str) -> Self {
        let patterns = text.split(',').filter_map(Pattern::new).collect();
        Self { patterns }
    }

    /// Whether one of the patterns matches a prefix of `path`, in whole elements.
    pub fn matches(&self, path: &str) -> bool {
        self.matching(path).is_some()
    }

    /// The first pattern that matches, as written.
    pub fn matching(&self, path: &str) -> Option<&str> {
        let found = self
            .patterns
            .iter()
            .find(|pattern| pattern.matches_prefix(path))?;
        Some(&found.written)
    }

    /// The patterns as written, but for empty ones.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.patterns.iter().map(|pattern| pattern.written.as_str())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }
}

impl Pattern {
    /// None for an empty one. One slash at the end does not count.
    fn new(written: &str) -> Option<Self> {
        let text = written.strip_suffix('/').unwrap_or(written);
        (!text.is_empty()).then(|| Self {
            written: written.to_owned(),
            slashes: text.matches('/').count(),
            pieces: pieces(text).ok(),
        })
    }

    fn matches_prefix(&self, path: &str) -> bool {
        let ends = path.match_indices('/').map(|(at, _)| at);
        match (&self.pieces, ends.chain([path.len()]).nth(self.slashes)) {
            (Some(pieces), Some(end)) => fits_whole(pieces, &path[..end]),
            _ => false,
        }
    }
}

/// Whether `name` matches the shell pattern: Go's `path.Match`. [`Error::BadPattern`] when malformed.
///
/// `*` is any text without slash, `?` one character but no slash, `[a-z]` and `[^a-z]` one character
/// (a slash too, where the class has it), `\` takes the next character as it is. The whole of `name`
/// must match. Go compares bytes, and so may let a star take a part of a character; module paths are ASCII.
pub fn path_match(pattern: &str, name: &str) -> Result<bool, Error> {
    Ok(fits_whole(&pieces(pattern)?, name))
}

/// Whether the pieces take all of `name`. As in Go each is put at the first place where it fits, and
/// never moved again; that differs from the best fit only for classes that hold a slash.
fn fits_whole(pieces: &[Piece], name: &str) -> bool {
    let mut at = 0;
    for (index, piece) in pieces.iter().enumerate() {
        let last = index + 1 == pieces.len();
        if piece.star && piece.atoms.is_empty() {
            // Only the last piece can be a star alone: stars in a row are one.
            return !name[at..].contains('/');
        }
        match place(piece, name, at, last) {
            Some(end) => at = end,
            None => return false,
        }
    }
    at == name.len()
}

/// What stands between two stars.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    /// Whether a star stands before it.
    star: bool,
    atoms: Vec<Atom>,
}

/// What takes one character of the name.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Atom {
    Literal(char),
    AnyButSlash,
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

/// Where `piece` ends when it is put at the first place from `at` on where it fits.
fn place(piece: &Piece, name: &str, at: usize, last: bool) -> Option<usize> {
    // What the star takes: nothing, or characters up to a slash.
    let starts = name[at..]
        .char_indices()
        .map(|(offset, letter)| (at + offset, letter));
    let mut before = None;
    for (start, letter) in starts.chain([(name.len(), '/')]) {
        if before == Some('/') {
            return None;
        }
        if let Some(end) = fit(&piece.atoms, name, start)
            && (!last || end == name.len())
        {
            return Some(end);
        }
        if !piece.star {
            return None;
        }
        before = Some(letter);
    }
    None
}

/// Where the atoms end when they fit `name` from `start` on.
fn fit(atoms: &[Atom], name: &str, start: usize) -> Option<usize> {
    let mut letters = name[start..].chars();
    for atom in atoms {
        let letter = letters.next()?;
        let fits = match atom {
            Atom::Literal(wanted) => letter == *wanted,
            Atom::AnyButSlash => letter != '/',
            Atom::Class { negated, ranges } => {
                let inside = ranges
                    .iter()
                    .any(|(low, high)| (*low..=*high).contains(&letter));
                inside != *negated
            }
        };
        if !fits {
            return None;
        }
    }
    Some(name.len() - letters.as_str().len())
}

fn pieces(pattern: &str) -> Result<Vec<Piece>, Error> {
    let mut pieces = vec![Piece {
        star: false,
        atoms: Vec::new(),
    }];
    let mut rest = pattern.chars();
    while let Some(letter) = rest.next() {
        let atom = match letter {
            '*' => {
                match pieces.last_mut() {
                    Some(piece) if piece.atoms.is_empty() => piece.star = true,
                    _ => pieces.push(Piece {
                        star: true,
                        atoms: Vec::new(),
                    }),
                }
                continue;
            }
            '?' => Atom::AnyButSlash,
            '[' => class(&mut rest)?,
            '\\' => Atom::Literal(rest.next().ok_or(Error::BadPattern)?),
            other => Atom::Literal(other),
        };
        if let Some(piece) = pieces.last_mut() {
            piece.atoms.push(atom);
        }
    }
    Ok(pieces)
}

/// A class, from behind its opening bracket on.
fn class(rest: &mut std::str::Chars<'_>) -> Result<Atom, Error> {
    let negated = rest.as_str().starts_with('^');
    if negated {
        rest.next();
    }
    let mut ranges = Vec::new();
    loop {
        if !ranges.is_empty() && rest.as_str().starts_with(']') {
            rest.next();
            return Ok(Atom::Class { negated, ranges });
        }
        let low = class_letter(rest)?;
        let high = if rest.as_str().starts_with('-') {
            rest.next();
            class_letter(rest)?
        } else {
            low
        };
        ranges.push((low, high));
    }
}

/// A letter of a class. Something must follow it: the class is not closed yet.
fn class_letter(rest: &mut std::str::Chars<'_>) -> Result<char, Error> {
    let letter = match rest.next() {
        None | Some('-' | ']') => return Err(Error::BadPattern),
        Some('\\') => rest.next().ok_or(Error::BadPattern)?,
        Some(letter) => letter,
    };
    if rest.as_str().is_empty() {
        return Err(Error::BadPattern);
    }
    Ok(letter)
}

#[cfg(test)]
mod tests;
