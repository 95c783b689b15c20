//! `/index` and `/catalog`: the query's values in, the text out. Pure.

use jiff::Timestamp;
use serde::Serialize;
use store::{CatalogPage, IndexLine};

use crate::status::Refusal;
use crate::target::percent_decode;

/// Most lines of one answer of the index feed, and how many come unasked: the public index's number.
const INDEX_LINES: usize = 2000;

/// How many module versions of the catalog come unasked: Athens' number.
const PAGE_SIZE: usize = 1000;

/// Most module versions of one page: about 1 MB of names.
const LARGEST_PAGE: usize = 10_000;

/// What `/index?since=&limit=` asks for.
pub(crate) fn index_query(query: &str) -> Result<(Option<Timestamp>, usize), Refusal> {
    let since = value(query, "since")?;
    let since = since.filter(|text| !text.is_empty()).map(|text| {
        text.parse::<Timestamp>().map_err(|_| {
            Refusal::bad_request(&format!(
                "since={text}: not a time in RFC 3339, such as 2026-01-02T15:04:05Z"
            ))
        })
    });
    let limit = number(query, "limit", INDEX_LINES, INDEX_LINES)?;
    Ok((since.transpose()?, limit))
}

/// What `/catalog?token=&pagesize=` asks for.
pub(crate) fn catalog_query(query: &str) -> Result<(Option<String>, usize), Refusal> {
    let token = value(query, "token")?.filter(|token| !token.is_empty());
    let size = number(query, "pagesize", PAGE_SIZE, LARGEST_PAGE)?;
    Ok((token, size))
}

/// The feed: one JSON object a line, as the public index writes it.
pub(crate) fn index_text(lines: &[IndexLine]) -> Result<Vec<u8>, serde_json::Error> {
    let mut text = Vec::with_capacity(lines.len() * 128);
    for line in lines {
        let line = Line {
            path: &line.path,
            version: &line.version,
            timestamp: line.timestamp.to_string(),
        };
        serde_json::to_writer(&mut text, &line)?;
        text.push(b'\n');
    }
    Ok(text)
}

/// One page, as Athens writes it.
pub(crate) fn catalog_text(page: &CatalogPage) -> Result<Vec<u8>, serde_json::Error> {
    let modules = page.modules.iter().map(|module| Module {
        module: &module.path,
        version: &module.version,
    });
    serde_json::to_vec(&Page {
        modules: modules.collect(),
        next: page.next.as_deref(),
    })
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(rename = "Path")]
    path: &'a str,
    #[serde(rename = "Version")]
    version: &'a str,
    #[serde(rename = "Timestamp")]
    timestamp: String,
}

#[derive(Serialize)]
struct Page<'a> {
    modules: Vec<Module<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
}

#[derive(Serialize)]
struct Module<'a> {
    module: &'a str,
    version: &'a str,
}

/// The first value of `key`. A slash in a value may be escaped, as form encoders do.
fn value(query: &str, key: &str) -> Result<Option<String>, Refusal> {
    let pairs = query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let Some((_, text)) = pairs.into_iter().find(|(name, _)| *name == key) else {
        return Ok(None);
    };
    let parts: Option<Vec<_>> = text
        .split("%2F")
        .flat_map(|part| part.split("%2f"))
        .map(percent_decode)
        .collect();
    match parts {
        Some(parts) => Ok(Some(parts.join("/"))),
        None => Err(Refusal::bad_request(&format!(
            "{key}={text}: invalid escape"
        ))),
    }
}

fn number(query: &str, key: &str, default: usize, most: usize) -> Result<usize, Refusal> {
    match value(query, key)?.as_deref() {
        None | Some("") => Ok(default),
        Some(text) => match text.parse() {
            Ok(number) if (1..=most).contains(&number) => Ok(number),
            _ => Err(Refusal::bad_request(&format!(
                "{key}={text}: not a number from 1 to {most}"
            ))),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::CatalogModule;

    #[test]
    fn queries_of_the_index() {
        let time = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        for (query, expected) in [
            ("", Some((None, 2000))),
            ("since=&limit=", Some((None, 2000))),
            ("limit=5", Some((None, 5))),
            (
                "since=2019-04-10T19:08:52.997264Z",
                Some((time("2019-04-10T19:08:52.997264Z"), 2000)),
            ),
            (
                "limit=2000&since=2019-04-10T21%3A08%3A52+02:00",
                Some((time("2019-04-10T19:08:52Z"), 2000)),
            ),
            ("limit=0", None),
            ("limit=2001", None),
            ("limit=-1", None),
            ("limit=many", None),
            ("since=yesterday", None),
            ("since=%zz", None),
        ] {
            assert_eq!(index_query(query).ok(), expected, "{query}");
        }
        let refusal = index_query("limit=x").unwrap_err();
        assert_eq!(refusal.status.as_u16(), 400);
        assert_eq!(refusal.text, "limit=x: not a number from 1 to 2000\n");
    }

    #[test]
    fn queries_of_the_catalog() {
        for (query, expected) in [
            ("", Some((None, 1000))),
            ("token=&pagesize=", Some((None, 1000))),
            (
                "token=a.example%2Fm@v1&pagesize=7",
                Some((Some("a.example/m@v1".to_owned()), 7)),
            ),
            ("pagesize=10001", None),
        ] {
            assert_eq!(catalog_query(query).ok(), expected, "{query}");
        }
    }

    #[test]
    fn texts_have_the_shapes_that_clients_know() {
        let line = IndexLine {
            path: "m.example".to_owned(),
            version: "v1.0.0".to_owned(),
            timestamp: "2019-04-10T19:08:52.997264Z".parse().unwrap(),
        };
        assert_eq!(
            index_text(&[line.clone(), line]).unwrap(),
            b"{\"Path\":\"m.example\",\"Version\":\"v1.0.0\",\"Timestamp\":\"2019-04-10T19:08:52.997264Z\"}\n"
                .repeat(2)
        );
        let modules = vec![CatalogModule {
            path: "m.example".to_owned(),
            version: "v1.0.0".to_owned(),
        }];
        let next = Some("m.example@v1.0.0".to_owned());
        assert_eq!(
            catalog_text(&CatalogPage { modules, next }).unwrap(),
            br#"{"modules":[{"module":"m.example","version":"v1.0.0"}],"next":"m.example@v1.0.0"}"#
        );
        let last = CatalogPage {
            modules: Vec::new(),
            next: None,
        };
        assert_eq!(catalog_text(&last).unwrap(), br#"{"modules":[]}"#);
    }
}
