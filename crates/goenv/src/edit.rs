//! Changes to the bytes of an environment file. What is not changed stays
//! byte for byte: comments, unknown lines, line ends, order.

/// Which line of a key counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wins {
    /// The last: the user's file.
    Last,
    /// The first: `$GOROOT/go.env`.
    First,
}

/// One variable to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its name.
    pub key: String,
    /// Its new value; `None` removes its lines.
    pub value: Option<String>,
}

/// The key of a line, as Go reads it: what stands before the first `=`, if the
/// line begins with A to Z.
fn key_of(line: &[u8]) -> Option<&[u8]> {
    if !line.first()?.is_ascii_uppercase() {
        return None;
    }
    let end = line.iter().position(|byte| *byte == b'=')?;
    line.get(..end)
}

fn value_of(line: &[u8]) -> &[u8] {
    let start = line.iter().position(|byte| *byte == b'=');
    let value = start.and_then(|start| line.get(start + 1..));
    let value = value.unwrap_or_default();
    value.strip_suffix(b"\n").unwrap_or(value)
}

/// The lines with their ends.
fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').collect()
}

/// The value of `key` in `bytes`.
pub fn value<'b>(bytes: &'b [u8], key: &str, wins: Wins) -> Option<&'b [u8]> {
    let mut found = lines(bytes)
        .into_iter()
        .filter(|line| key_of(line) == Some(key.as_bytes()));
    let line = match wins {
        Wins::Last => found.next_back(),
        Wins::First => found.next(),
    };
    line.map(value_of)
}

/// `before` with all of `changes`. The line that counts is replaced where it
/// stands and further ones of its key go; a new one is put at the end. Keys
/// that are set to what they are change nothing but their further lines.
pub fn edit(before: &[u8], changes: &[Change], wins: Wins) -> Vec<u8> {
    let mut bytes = before.to_vec();
    for change in changes {
        bytes = edit_one(&bytes, change, wins);
    }
    bytes
}

fn edit_one(before: &[u8], change: &Change, wins: Wins) -> Vec<u8> {
    let lines = lines(before);
    let is_ours = |line: &&[u8]| key_of(line) == Some(change.key.as_bytes());
    let counting = match wins {
        Wins::Last => lines.iter().rposition(is_ours),
        Wins::First => lines.iter().position(is_ours),
    };
    let mut after = Vec::with_capacity(before.len() + 64);
    for (index, line) in lines.iter().enumerate() {
        match &change.value {
            _ if !is_ours(line) => after.extend_from_slice(line),
            Some(value) if Some(index) == counting => {
                if value_of(line) == value.as_bytes() {
                    after.extend_from_slice(line);
                } else {
                    push(&mut after, &change.key, value);
                }
            }
            Some(_) | None => {}
        }
    }
    if let (Some(value), None) = (&change.value, counting) {
        if after.last().is_some_and(|last| *last != b'\n') {
            after.push(b'\n');
        }
        push(&mut after, &change.key, value);
    }
    after
}

fn push(bytes: &mut Vec<u8>, key: &str, value: &str) {
    bytes.extend_from_slice(format!("{key}={value}\n").as_bytes());
}

/// The changes that lead from the values of `before` to those of `after`.
pub fn changes_between(before: &[u8], after: &[u8], wins: Wins) -> Vec<Change> {
    let mut keys: Vec<&[u8]> = lines(before)
        .into_iter()
        .chain(lines(after))
        .filter_map(key_of)
        .collect();
    keys.sort_unstable();
    keys.dedup();
    let mut changes = Vec::new();
    for key in keys {
        let Ok(key) = std::str::from_utf8(key) else {
            continue;
        };
        let now = value(after, key, wins);
        if now != value(before, key, wins) {
            changes.push(Change {
                key: key.to_owned(),
                value: now.map(|value| String::from_utf8_lossy(value).into_owned()),
            });
        }
    }
    changes
}

/// The lines that go and those that come, in order, for people: `-` and `+`
/// before each.
pub fn difference(before: &[u8], after: &[u8]) -> Vec<String> {
    let (old, new) = (lines(before), lines(after));
    let start = old
        .iter()
        .zip(&new)
        .take_while(|(old, new)| old == new)
        .count();
    let rest = old.len().min(new.len()) - start;
    let end = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(rest)
        .take_while(|(old, new)| old == new)
        .count();
    let shown = |sign: char, line: &&[u8]| {
        let text = String::from_utf8_lossy(line);
        format!("{sign}{}", text.strip_suffix('\n').unwrap_or(&text))
    };
    let (old, new) = (&old[start..old.len() - end], &new[start..new.len() - end]);
    let gone = old.iter().filter(|line| !new.contains(line));
    let come = new.iter().filter(|line| !old.contains(line));
    gone.map(|line| shown('-', line))
        .chain(come.map(|line| shown('+', line)))
        .collect()
}

#[cfg(test)]
mod tests;
