//! The entries that come nearest to something that is none.

use std::collections::BTreeSet;

use super::catalogue::entries;

/// How many are named.
const COUNT: usize = 3;
/// Words that an error and an entry share at least to be near: one alone is chance.
const LEAST_WORDS: usize = 2;
/// Of all their words, in thousandths, how many they share at least.
const LEAST_SCORE: usize = 100;
/// Words that say nothing of what an error is about.
const COMMON: [&str; 10] = [
    "and", "but", "error", "for", "from", "module", "not", "the", "this", "with",
];

/// The ids nearest to `text`, an id that there is not: by number.
pub fn nearest_ids(text: &str) -> Vec<&'static str> {
    let digits: String = text.chars().filter(char::is_ascii_digit).take(6).collect();
    let wanted: i64 = digits.parse().unwrap_or(0);
    let number = |id: &str| id.get(2..).and_then(|digits| digits.parse::<i64>().ok());
    let mut ids: Vec<&'static str> = entries().map(|entry| entry.id).collect();
    ids.sort_by_key(|id| (number(id).map(|number| (number - wanted).abs()), *id));
    ids.truncate(COUNT);
    ids
}

/// The ids of the entries whose words `message` shares most.
pub(super) fn by_words(message: &str) -> Vec<&'static str> {
    let said = words(message);
    let score = |needles: &[&str]| {
        let known = words(&needles.join(" "));
        let shared = known.intersection(&said).count();
        if shared < LEAST_WORDS {
            return 0;
        }
        // In thousandths of all words of both, each counted once.
        shared * 1000 / known.union(&said).count().max(1)
    };
    let mut scored: Vec<_> = entries()
        .map(|entry| (std::cmp::Reverse(score(entry.needles)), entry.id))
        .collect();
    scored.sort_by_key(|(score, _)| *score);
    if scored
        .first()
        .is_none_or(|(score, _)| score.0 < LEAST_SCORE)
    {
        return Vec::new();
    }
    scored.truncate(COUNT);
    scored.into_iter().map(|(_, id)| id).collect()
}

fn words(text: &str) -> BTreeSet<String> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| word.len() > 2 && !COMMON.contains(word))
        .map(str::to_ascii_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_come_first() {
        assert_eq!(nearest_ids("GE87")[0], "GE86");
        assert_eq!(nearest_ids("GE99").len(), COUNT);
        assert_eq!(by_words("go: malformed go.sum: oh")[0], "GE46");
        assert!(by_words("").is_empty());
        assert!(by_words("go: the moon is made of cheese").is_empty());
    }
}
