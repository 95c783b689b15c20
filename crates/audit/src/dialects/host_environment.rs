//! Files of settings that a host hands to those who log in: `environment.d` of systemd, and
//! `/etc/environment`, which PAM reads.

use crate::block::{Block, Boundary, Item, Setting, System};
use crate::dialect::Dialect;
use crate::interpolate::{self, Style, name_at};
use crate::repository::Repository;
use crate::source::{FileId, Span};
use crate::text::Text;
use crate::unit::Unit;

use super::systemd::environment_file;

/// Reads a file.
pub(crate) fn read(file: FileId, repository: &Repository) -> Unit {
    let source = repository.file(file);
    let text = source.text();
    let mut unit = Unit::empty(file, Dialect::HostEnvironment);
    let is_pam = source.path.ends_with("etc/environment");
    let settings = if is_pam {
        pam(file, text)
    } else {
        user_manager(file, text)
    };
    unit.blocks.push(Block {
        name: source.path.clone(),
        kind: "file",
        span: Span::new(file, 0..text.len()),
        system: System::Host,
        boundary: Boundary::Closed,
        image: None,
        folder: None,
        starts: true,
        items: settings.into_iter().map(Item::Set).collect(),
    });
    unit
}

/// `environment.d`: the lines of an environment file, with `$X` and `${X:-y}` expanded.
fn user_manager(file: FileId, text: &str) -> Vec<Setting> {
    let entries = environment_file::read(text).into_iter();
    entries
        .filter(environment_file::Entry::has_name)
        .map(|entry| {
            Setting::plain(
                &entry.key,
                interpolate::read(&entry.value, Style::Docker),
                (
                    Span::new(file, entry.value_at),
                    Span::new(file, entry.key_at),
                ),
                "environment.d",
            )
        })
        .collect()
}

/// `/etc/environment`: `KEY=value` up to a `#`, an `export` in front allowed, one pair of quotes taken
/// away, nothing expanded.
fn pam(file: FileId, text: &str) -> Vec<Setting> {
    let mut settings = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let begin = at;
        at += line.len();
        let line = line.split('#').next().unwrap_or_default().trim_end();
        let start = line.len() - line.trim_start_matches(['\u{feff}', ' ', '\t']).len();
        let key = line[start..]
            .strip_prefix("export ")
            .unwrap_or(&line[start..]);
        let start = line.len() - key.len();
        let name = name_at(key);
        let Some(raw) = key[name.len()..]
            .strip_prefix('=')
            .filter(|_| !name.is_empty())
        else {
            continue;
        };
        let value = ['"', '\'']
            .iter()
            .find_map(|quote| raw.strip_prefix(*quote)?.strip_suffix(*quote))
            .unwrap_or(raw);
        let value_at = begin + start + name.len() + 1;
        settings.push(Setting::plain(
            name,
            Text::literal(value),
            (
                Span::new(file, value_at..value_at + raw.len()),
                Span::new(file, begin + start..begin + start + name.len()),
            ),
            "/etc/environment",
        ));
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialects::outline;

    #[test]
    fn lines_are_settings_in_the_words_of_their_reader() {
        for (path, text, expected) in [
            (
                "etc/environment.d/50-go.conf",
                "# note\nGOPROXY=https://p,direct\nGOPRIVATE=\"${GOPRIVATE:-a}\" \nexport GOSUMDB=off\nX=$HOME/#x\n",
                "1 file \"etc/environment.d/50-go.conf\" Closed starts\n  \
                 2 environment.d GOPROXY=https://p,direct\n  \
                 3 environment.d GOPRIVATE=${GOPRIVATE:-a} <\"${GOPRIVATE:-a}\">\n  \
                 5 environment.d X=$HOME/#x\n",
            ),
            (
                "img/etc/environment",
                "GOPROXY=\"https://p\" # note\r\n export GOSUMDB=off\n#A=1\nGOPRIVATE=$X\nnope\nD E=1\n",
                "1 file \"img/etc/environment\" Closed starts\n  \
                 1 /etc/environment GOPROXY=https://p <\"https://p\">\n  \
                 2 /etc/environment GOSUMDB=off\n  \
                 4 /etc/environment GOPRIVATE=$X\n",
            ),
        ] {
            let (repository, unit) = outline::read(read, &[(path, text)]);
            assert_eq!(outline::outline(&repository, &unit), expected, "{path}");
        }
    }
}
