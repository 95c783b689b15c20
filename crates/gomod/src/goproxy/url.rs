//! URLs as Go's `net/url` reads them: what it refuses, and how it prints what it takes.
//!
//! Only as much as GOPROXY entries need. A general URL library reads URLs as browsers do and takes
//! things that `go` refuses.

use std::net::IpAddr;
use std::str::FromStr as _;

use crate::modfile::quote;
use crate::percent::encode;

/// What stands in place of a secret.
const HIDDEN: &str = "xxxxx";

/// A URL taken apart, nothing decoded.
pub(super) struct Url<'a> {
    /// In lower case; empty if there is none.
    pub(super) scheme: String,
    /// What follows the scheme when that is no path: `a` of `mailto:a`.
    opaque: &'a str,
    /// Whether `//` and an authority follow the scheme, be it an empty one.
    has_authority: bool,
    user: Option<&'a str>,
    /// Host and port.
    pub(super) host: &'a str,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

impl<'a> Url<'a> {
    /// Takes a URL apart. An error with Go's text where Go refuses it, except that no part of a text
    /// with a user in it is repeated.
    pub(super) fn parse(text: &'a str) -> Result<Self, String> {
        let (whole, fragment) = cut(text, '#');
        Self::parse_parts(whole, fragment).map_err(|reason| match whole.rsplit_once('@') {
            None => format!("parse {}: {reason}", quote(whole)),
            Some((_, host)) => {
                let shown = quote(&format!("{HIDDEN}@{host}"));
                format!("parse {shown}: invalid user, password, host or port in URL")
            }
        })
    }

    fn parse_parts(text: &'a str, fragment: Option<&'a str>) -> Result<Self, String> {
        if text.bytes().any(|byte| byte.is_ascii_control()) {
            return Err("net/url: invalid control character in URL".to_owned());
        }
        let (scheme, rest) = split_scheme(text)?;
        let (rest, query) = cut(rest, '?');
        let mut url = Self {
            scheme: scheme.to_ascii_lowercase(),
            opaque: "",
            has_authority: false,
            user: None,
            host: "",
            path: rest,
            query,
            fragment,
        };
        if !rest.starts_with('/') {
            if !scheme.is_empty() {
                (url.opaque, url.path) = (rest, "");
                return Ok(url);
            }
            if rest
                .split('/')
                .next()
                .is_some_and(|first| first.contains(':'))
            {
                return Err("first path segment in URL cannot contain colon".to_owned());
            }
        } else if let Some(rest) = rest.strip_prefix("//")
            && (!scheme.is_empty() || !rest.starts_with('/'))
        {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            (url.user, url.host) = match authority.rsplit_once('@') {
                Some((user, host)) => (Some(user), host),
                None => (None, authority),
            };
            (url.has_authority, url.path) = (true, path);
            check_host(url.host)?;
            url.user.map_or(Ok(()), check_user)?;
        }
        check_escapes(url.path)?;
        check_escapes(fragment.unwrap_or_default())?;
        Ok(url)
    }

    /// Whether it has a scheme and a path, and nothing else. `file:/x` is none: Go wants the `//`.
    pub(super) fn is_path_alone(&self) -> bool {
        self.has_authority
            && self.host.is_empty()
            && self.user.is_none()
            && self.query.is_none()
            && self.fragment.is_none()
    }

    /// The URL that requests are put below: secrets kept, no slash at the end, no fragment.
    pub(super) fn base(&self) -> String {
        let path = escaped_path(self.path);
        let mut base = self.front(self.user);
        base.push_str(path.trim_end_matches('/'));
        if let Some(query) = self.query {
            base.push('?');
            base.push_str(query);
        }
        base
    }

    /// The URL as Go prints it, secrets hidden.
    pub(super) fn redacted(&self) -> String {
        let user = self.user.map(redacted_user);
        let mut text = self.front(user.as_deref());
        text.push_str(&escaped_path(self.path));
        if let Some(query) = self.query {
            text.push('?');
            text.push_str(query);
        }
        if let Some(fragment) = self.fragment.filter(|fragment| !fragment.is_empty()) {
            text.push('#');
            text.push_str(&escaped_path(fragment));
        }
        text
    }

    /// Everything before the path.
    fn front(&self, user: Option<&str>) -> String {
        let mut front = self.scheme.clone();
        if !front.is_empty() {
            front.push(':');
        }
        match self.opaque.rsplit_once('@') {
            Some((_, rest)) => front.extend([HIDDEN, "@", rest]),
            None => front.push_str(self.opaque),
        }
        if self.has_authority {
            front.push_str("//");
        }
        if let Some(user) = user {
            front.push_str(user);
            front.push('@');
        }
        front.push_str(&encode(self.host, |byte| byte.is_ascii()));
        front
    }
}

/// `text`, a URL or a host with what belongs to it, with its password hidden.
pub(super) fn redact(text: &str) -> String {
    let start = text.find("//").map_or(0, |slashes| slashes + 2);
    let (front, rest) = text.split_at(start);
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    match authority.rsplit_once('@') {
        Some((user, host)) => {
            let shown = format!("{front}{}@{host}{path}", redacted_user(user));
            // A dot that stood in the user alone made this a host; without it, it would be a keyword.
            if shown.contains(['.', ':', '/']) {
                shown
            } else {
                format!("https://{shown}")
            }
        }
        None => text.to_owned(),
    }
}

fn redacted_user(user: &str) -> String {
    match user.split_once(':') {
        // These stand for a password where the user is the token.
        Some((_, plain @ ("" | "x-oauth-basic" | "x-token-auth"))) => format!("{HIDDEN}:{plain}"),
        Some((name, _)) => format!("{name}:{HIDDEN}"),
        None => HIDDEN.to_owned(),
    }
}

fn cut(text: &str, mark: char) -> (&str, Option<&str>) {
    match text.split_once(mark) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

fn split_scheme(text: &str) -> Result<(&str, &str), String> {
    let is_inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let Some((scheme, rest)) = text.split_once(':') else {
        return Ok(("", text));
    };
    if scheme.is_empty() {
        return Err("missing protocol scheme".to_owned());
    }
    if scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(is_inside) {
        Ok((scheme, rest))
    } else {
        Ok(("", text))
    }
}

fn check_user(user: &str) -> Result<(), String> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
    if !user.chars().all(is_allowed) {
        return Err("net/url: invalid userinfo".to_owned());
    }
    check_escapes(user)
}

fn check_host(host: &str) -> Result<(), String> {
    let (name, port) = match host.rfind('[') {
        None => host.split_at(host.find(':').unwrap_or(host.len())),
        Some(0) => {
            let close = host.rfind(']').ok_or("missing ']' in host")?;
            check_address(&host[1..close])?;
            ("", &host[close + 1..])
        }
        Some(_) => return Err("invalid IP-literal".to_owned()),
    };
    let digits = port.strip_prefix(':').unwrap_or_default();
    if !port.is_empty() && (!port.starts_with(':') || !digits.bytes().all(|b| b.is_ascii_digit())) {
        return Err(format!("invalid port {} after host", quote(port)));
    }
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-_.~!$&'()*+,;=:[]<>\"%".contains(c);
    if let Some(bad) = name.chars().find(|c| c.is_ascii() && !is_allowed(*c)) {
        return Err(format!(
            "invalid character {} in host name",
            quote(&bad.to_string())
        ));
    }
    check_escapes(name)?;
    // A host's escapes are for what is not ASCII, and for the percent sign itself.
    match name
        .match_indices('%')
        .find(|(at, _)| name.as_bytes()[at + 1] < b'8' && !name[*at..].starts_with("%25"))
    {
        Some((at, _)) => Err(bad_escape(&name[at..])),
        None => Ok(()),
    }
}

fn check_address(literal: &str) -> Result<(), String> {
    let address = literal
        .split_once("%25")
        .map_or(literal, |(address, _zone)| address);
    match IpAddr::from_str(address) {
        Ok(IpAddr::V6(_)) => Ok(()),
        Ok(IpAddr::V4(_)) => Err("invalid IP-literal".to_owned()),
        Err(_) => Err(format!(
            "invalid host: ParseAddr({}): unable to parse IP",
            quote(literal)
        )),
    }
}

fn check_escapes(text: &str) -> Result<(), String> {
    let is_bad = |at: &usize| {
        let digits = text.as_bytes().get(at + 1..at + 3);
        !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    let mut escapes = text.match_indices('%').map(|(at, _)| at);
    escapes
        .find(is_bad)
        .map_or(Ok(()), |at| Err(bad_escape(&text[at..])))
}

fn bad_escape(from: &str) -> String {
    let end = from.floor_char_boundary(3);
    format!("invalid URL escape {}", quote(&from[..end]))
}

/// A path as Go prints it: as written if everything in it may stand there, else encoded anew.
fn escaped_path(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@".contains(&byte);
    if path
        .bytes()
        .all(|byte| plain(byte) || b"!'()*[]%".contains(&byte))
    {
        return path.to_owned();
    }
    // What is encoded already stays as it is; Go would print its unreserved characters plain.
    encode(path, |byte| plain(byte) || byte == b'%')
}
