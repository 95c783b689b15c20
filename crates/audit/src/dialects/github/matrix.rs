//! The matrix of a job: what each of its names stands for.

use crate::block::{Item, Located, Setting};
use crate::text::Text;
use crate::yaml::Node;

use super::located;

/// Most values that are named where the legs differ.
const MAX_SHOWN: usize = 4;

/// The values of each name of a matrix, in the order in which they are written.
pub(super) fn values(matrix: Node<'_>) -> Vec<(String, Vec<Located>)> {
    let mut found = Vec::new();
    for entry in matrix.entries() {
        match entry.name() {
            "exclude" => {}
            "include" => {
                for leg in entry.value.items() {
                    for value in leg.entries() {
                        add(&mut found, value.name(), value.value);
                    }
                }
            }
            name => {
                for value in entry.value.items() {
                    add(&mut found, name, value);
                }
            }
        }
    }
    found
}

/// Adds a value; of a map, the values of its keys.
fn add(found: &mut Vec<(String, Vec<Located>)>, name: &str, value: Node<'_>) {
    if value.is_mapping() {
        for entry in value.entries() {
            // Expressions reach two levels in practice; deeper ones stay unknown.
            if !entry.value.is_mapping() {
                add(found, &format!("{name}.{}", entry.name()), entry.value);
            }
        }
        return;
    }
    if value.is_sequence() {
        return;
    }
    let value = located(value);
    match found.iter_mut().find(|(known, _)| known == name) {
        Some((_, values)) => values.push(value),
        None => found.push((name.to_owned(), vec![value])),
    }
}

/// The names of a matrix as settings of the job: known where all legs agree.
pub(super) fn settings(values: &[(String, Vec<Located>)]) -> Vec<Item> {
    let setting = |(name, values): &(String, Vec<Located>)| {
        let first = values.first()?;
        let agree = values.iter().all(|value| value.text == first.text);
        let value = if agree {
            first.text.clone()
        } else {
            let mut shown: Vec<String> = values
                .iter()
                .take(MAX_SHOWN)
                .map(|value| value.text.to_string())
                .collect();
            if values.len() > MAX_SHOWN {
                shown.push("…".to_owned());
            }
            Text::unknown(format!("${{{{ matrix.{name} }}}} ({})", shown.join(" | ")))
        };
        Some(Item::Set(Setting::plain(
            &format!("matrix.{name}"),
            value,
            (first.span, first.span),
            "matrix",
        )))
    };
    values.iter().filter_map(setting).collect()
}
