use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> ProxyList {
    ProxyList::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refusal(text: &str) -> String {
    ProxyList::parse(text).unwrap_err().to_string()
}

/// Each entry as its source and the separator that counts behind it.
fn shape(list: &ProxyList) -> Vec<(String, char)> {
    let entry = |entry: &ProxyEntry| {
        let source = match &entry.source {
            Source::Url(url) => url.clone(),
            Source::Direct => "DIRECT".to_owned(),
            Source::Off => "OFF".to_owned(),
        };
        (source, if entry.fall_back_on_error { '|' } else { ',' })
    };
    list.entries().iter().map(entry).collect()
}

#[test]
fn entries_and_what_each_separator_means() {
    for (text, expected) in [
        ("direct", vec![("DIRECT", ',')]),
        (" off ", vec![("OFF", ',')]),
        (
            "https://a.example,direct",
            vec![("https://a.example", ','), ("DIRECT", ',')],
        ),
        (
            "https://a.example|http://b.example/go/ , off",
            vec![
                ("https://a.example", '|'),
                ("http://b.example/go", ','),
                ("OFF", ','),
            ],
        ),
        (
            ",,a.example|,|b.example:8443/x|",
            vec![
                ("https://a.example", '|'),
                ("https://b.example:8443/x", '|'),
            ],
        ),
        ("direct|https://%zz", vec![("DIRECT", ',')]),
        (
            "a.example,off,noproxy",
            vec![("https://a.example", ','), ("OFF", ',')],
        ),
        ("file:///srv/mod/", vec![("file:///srv/mod", ',')]),
        ("HTTPS://A.example/", vec![("https://A.example", ',')]),
        ("https://[::1]:3000//", vec![("https://[::1]:3000", ',')]),
        (
            "https://u:p%40w@a.example/x",
            vec![("https://u:p%40w@a.example/x", ',')],
        ),
        ("token@a.example", vec![("https://token@a.example", ',')]),
        (
            "https://a.example/a b?c=d#e",
            vec![("https://a.example/a%20b?c=d", ',')],
        ),
        ("localhost:3000", vec![("https://localhost:3000", ',')]),
    ] {
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(source, separator)| (source.to_owned(), separator))
            .collect();
        assert_eq!(shape(&parse(text)), expected, "{text}");
    }
}

const EMPTY: &str = "GOPROXY list is not the empty string, but contains no entries";

/// Lists and Go's words about them. The last two are ours: Go takes them, and fails when it asks.
const REFUSED: &[(&str, &str)] = &[
    ("", EMPTY),
    (" ", EMPTY),
    (",| ,", EMPTY),
    ("fallback", "invalid proxy URL missing scheme: fallback"),
    ("noproxy", "invalid proxy URL missing scheme: noproxy"),
    (
        "https://a.example,Direct",
        "invalid proxy URL missing scheme: Direct",
    ),
    (
        "off #later",
        "invalid proxy URL missing scheme: off%20#later",
    ),
    ("/srv/mod", "invalid proxy URL missing scheme: /srv/mod"),
    (
        "ftp://a.example/x",
        "invalid proxy URL scheme (must be https, http, file): ftp://a.example/x",
    ),
    (
        "file://host/x",
        "invalid file:// proxy URL with non-path elements: file://host/x",
    ),
    (
        "file:/x",
        "invalid file:// proxy URL with non-path elements: file:/x",
    ),
    (
        "file:///x?y",
        "invalid file:// proxy URL with non-path elements: file:///x?y",
    ),
    (
        "https://a.example:x",
        "parse \"https://a.example:x\": invalid port \":x\" after host",
    ),
    (
        "a.example:x,direct",
        "parse \"https://a.example:x\": invalid port \":x\" after host",
    ),
    (
        "https://a b.example",
        "parse \"https://a b.example\": invalid character \" \" in host name",
    ),
    (
        "https://a.example/%zz",
        "parse \"https://a.example/%zz\": invalid URL escape \"%zz\"",
    ),
    (
        "https://a.example/%2",
        "parse \"https://a.example/%2\": invalid URL escape \"%2\"",
    ),
    (
        "https://a%41.example",
        "parse \"https://a%41.example\": invalid URL escape \"%41\"",
    ),
    (
        "https://a.example/\x01",
        "parse \"https://a.example/\\x01\": net/url: invalid control character in URL",
    ),
    (
        "://a.example",
        "parse \"://a.example\": missing protocol scheme",
    ),
    (
        "1a:/b",
        "parse \"1a:/b\": first path segment in URL cannot contain colon",
    ),
    (
        "https://[::1",
        "parse \"https://[::1\": missing ']' in host",
    ),
    (
        "https://a[::1]",
        "parse \"https://a[::1]\": invalid IP-literal",
    ),
    (
        "https://[1.2.3.4]",
        "parse \"https://[1.2.3.4]\": invalid IP-literal",
    ),
    ("https:///x", "invalid proxy URL missing host: https:///x"),
    (
        "http:/a.example",
        "invalid proxy URL missing host: http:/a.example",
    ),
];

#[test]
fn what_go_refuses_with_go_s_words() {
    for (text, reason) in REFUSED {
        assert_eq!(refusal(text), *reason, "{text:?}");
    }
}

#[test]
fn no_text_shows_a_secret() {
    for (text, written) in [
        (
            "https://u:secret@a.example/x",
            "https://u:xxxxx@a.example/x",
        ),
        ("https://secret@a.example", "https://xxxxx@a.example"),
        ("u:secret@a.example", "u:xxxxx@a.example"),
        ("https://u:secret@b@a.example", "https://u:xxxxx@a.example"),
    ] {
        let list = parse(text);
        assert_eq!(list.entries()[0].written, written);
        assert_eq!(list.to_string(), written);
        assert!(!format!("{list:?}").contains("secret"));
        assert!(shape(&list)[0].0.contains("secret"), "{text}");
    }
    for text in [
        "ftp://u:secret@a.example",
        "ftp://secret@a.example",
        "ftp:u:secret@a.example/:/",
        "http:u:secret@a.example:/",
        "file://u:secret@/x",
        "https://u:secret/x@a.example",
        "https://u:secret@a.example:port",
        "https://u:sec\x01secret@a.example",
        "https://u:secret%zz@a.example",
        "https://u:secret secret@a.example",
    ] {
        let reason = refusal(text);
        assert!(!reason.contains("secret"), "{reason}");
    }
}

#[test]
fn go_s_default_is_a_list() {
    let list = parse(crate::defaults::GOPROXY);
    assert_eq!(list.to_string(), crate::defaults::GOPROXY);
    assert_eq!(list.entries().len(), 2);
}

#[test]
fn a_hidden_user_with_the_only_dot_leaves_a_host() {
    let list = parse("token.x@c,off");
    assert_eq!(list.to_string(), "https://xxxxx@c,off");
    assert_eq!(parse(&list.to_string()).to_string(), list.to_string());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_printed_reads_the_same(
        text in "((https?://|file://|)[a-c./@: ]{0,6}|direct|off|a\\.b(/c)?|https://u:p@a)([,|] ?(a\\.b|https://x\\.y/|off|direct|))*[,|]?"
    ) {
        if let Ok(list) = ProxyList::parse(&text) {
            let again = parse(&list.to_string());
            prop_assert_eq!(again.to_string(), list.to_string());
            prop_assert_eq!(again.entries().len(), list.entries().len());
            for (one, other) in again.entries().iter().zip(list.entries()) {
                prop_assert_eq!(one.fall_back_on_error, other.fall_back_on_error);
                prop_assert_eq!(&one.written, &other.written);
                prop_assert!(one.source == other.source || one.written.contains("xxxxx"));
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused_in_one_line(text in "[ -~é\\n\\x00]{0,24}") {
        match ProxyList::parse(&text) {
            Ok(list) => prop_assert!(!list.entries().is_empty()),
            Err(error) => prop_assert!(!error.to_string().contains(['\n', '\0'])),
        }
    }
}
