//! How it is shown.

use std::fmt::Write as _;

use audit::{Audit, Format, Machine, Routing, Way};
use policy::Policy;
use serde_json::{Value, json};

use super::mend::Syntax;
use super::online::Online;

/// Most requirements that are listed; the worst are the first.
const LISTED: usize = 20;

/// All that was learnt.
pub(super) struct Report<'a> {
    pub(super) machine: Machine<'a>,
    pub(super) policy: Option<&'a Policy>,
    pub(super) routing: Routing,
    pub(super) online: Option<Online>,
    /// The settings that would mend it, and the rules that would find an error all the same.
    pub(super) block: Option<(String, Vec<&'static str>)>,
    pub(super) syntax: Syntax,
    pub(super) audits: &'a [Audit],
}

impl Report<'_> {
    pub(super) fn render(&self, format: Format, colour: bool) -> String {
        match format {
            Format::Text => self.text(colour),
            Format::Json => format!("{:#}\n", self.json()),
            _ => audit::render(self.audits, format, colour),
        }
    }

    fn text(&self, colour: bool) -> String {
        let is_well = self.audits.iter().all(|audit| audit.findings.is_empty());
        if is_well {
            return format!("all well: {}\n", self.line());
        }
        let mut text = audit::render(self.audits, Format::Text, colour);
        // Writing to a string cannot fail.
        let chain = match &self.routing.chain {
            Ok(chain) => chain.clone(),
            Err(reason) => format!(
                "none, since Go refuses it: {}",
                platform::secret::hide(reason)
            ),
        };
        let _ = writeln!(text, "\nGOPROXY    {chain}");
        let _ = writeln!(text, "routed     {}", self.routed());
        let _ = writeln!(text, "enforced   {}", self.enforced());
        let _ = writeln!(text, "toolchain  {}", self.toolchain());
        let _ = writeln!(text, "go.mod     {}", self.counts());
        let by_name = self.routing.modules.iter();
        for (path, way) in by_name.take(LISTED) {
            let _ = writeln!(text, "  {:<9} {path}", way.word());
        }
        if let Some(more @ 1..) = self.routing.modules.len().checked_sub(LISTED) {
            let _ = writeln!(text, "  and {more} more: --format json has all");
        }
        if let Some((block, left)) = &self.block {
            let _ = writeln!(
                text,
                "\nThis would mend it, in {}:\n\n{block}",
                self.syntax.place()
            );
            if !left.is_empty() {
                let _ = writeln!(text, "Variables alone do not mend {}.", left.join(", "));
            }
        }
        text
    }

    /// All in one line.
    fn line(&self) -> String {
        let chain = self.routing.chain.as_deref().unwrap_or_default();
        format!(
            "GOPROXY={chain} | routed: {} | enforced: {} | {} | {}",
            self.routed(),
            self.enforced(),
            self.toolchain(),
            self.counts()
        )
    }

    fn routed(&self) -> &'static str {
        match (self.routing.routed, self.policy) {
            (true, Some(_)) => "yes",
            (true, None) => "yes (no policy)",
            (false, _) => "no",
        }
    }

    fn enforced(&self) -> String {
        let Some(online) = &self.online else {
            return "not shown (--online tries)".to_owned();
        };
        match online.is_enforced() {
            None => "not shown, since not even the proxy can be reached".to_owned(),
            Some(true) => "yes, nothing else can be reached".to_owned(),
            Some(false) => format!("no, {} can be reached", online.reached().join(", ")),
        }
    }

    fn toolchain(&self) -> String {
        let found = &self.machine.looked.found;
        let have = found.version.as_deref().unwrap_or("no go");
        match (&found.missing, &found.selected) {
            (Some(missing), _) => format!("{have}, which would fetch {missing} first"),
            (None, Some(_)) => format!("{have}, selected by GOTOOLCHAIN"),
            (None, None) => have.to_owned(),
        }
    }

    fn counts(&self) -> String {
        let counts: Vec<String> = self
            .routing
            .counts()
            .iter()
            .map(|(way, count)| format!("{count} {}", way.word()))
            .collect();
        if counts.is_empty() {
            return "no requirements".to_owned();
        }
        format!("requirements: {}", counts.join(", "))
    }

    /// What all judging commands print, and the facts beside it.
    fn json(&self) -> Value {
        let mut whole = audit::json(self.audits);
        let requirements: serde_json::Map<String, Value> = self
            .routing
            .modules
            .iter()
            .map(|(path, way): &(String, Way)| (path.clone(), json!(way.word())))
            .collect();
        whole["chain"] = match &self.routing.chain {
            Ok(chain) => json!(chain),
            Err(_) => Value::Null,
        };
        whole["routed"] = json!(self.routing.routed);
        whole["enforced"] = json!(self.online.as_ref().and_then(Online::is_enforced));
        whole["requirements"] = Value::Object(requirements);
        whole["toolchain"] = json!(self.toolchain());
        whole["mend"] = match &self.block {
            Some((block, _)) => json!({"syntax": self.syntax.word(), "text": block}),
            None => Value::Null,
        };
        whole
    }
}
