//! What an `.info` says (Go Modules Reference, "GOPROXY protocol").

use gomod::ModuleVersion;
use jiff::Timestamp;
use serde::Deserialize;

/// The fields that matter here; any other is carried along unread.
#[derive(Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Info {
    /// The canonical version. `go` reads the names of fields whatever their case; so do origins.
    #[serde(alias = "version")]
    pub(crate) version: String,
    /// The time of the commit, as it was written.
    #[serde(default, alias = "time")]
    pub(crate) time: Option<String>,
}

impl Info {
    /// Reads an `.info`; `None` when it is none.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        // The reader of JSON would take the fields from an array too, in their order.
        let is_object = bytes.trim_ascii_start().first() == Some(&b'{');
        is_object.then(|| serde_json::from_slice(bytes).ok())?
    }

    /// Whether it speaks of `module`.
    pub(crate) fn is_of(&self, module: &ModuleVersion) -> bool {
        self.version == module.version.as_str()
    }

    /// Whether both say the same of the version. Two honest sources may write
    /// the same instant in two ways, and only one of them an origin.
    pub(crate) fn agrees_with(&self, other: &Self) -> bool {
        let instant = |info: &Self| {
            info.time
                .as_ref()
                .and_then(|time| time.parse::<Timestamp>().ok())
        };
        self.version == other.version
            && (self.time == other.time
                || (instant(self).is_some() && instant(self) == instant(other)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_agrees() {
        let first = r#"{"Version":"v1.0.0","Time":"2024-03-01T12:00:00Z","Origin":{"VCS":"git"}}"#;
        let table = [
            (
                r#"{"Time":"2024-03-01T12:00:00Z","Version":"v1.0.0"}"#,
                true,
            ),
            (
                r#"{"Version":"v1.0.0","Time":"2024-03-01T13:00:00+01:00"}"#,
                true,
            ),
            (
                r#"{"Version":"v1.0.0","Time":"2024-03-01T12:00:01Z"}"#,
                false,
            ),
            (
                r#"{"Version":"v1.0.1","Time":"2024-03-01T12:00:00Z"}"#,
                false,
            ),
            (r#"{"Version":"v1.0.0"}"#, false),
            (r#"{"Version":"v1.0.0","Time":"soon"}"#, false),
        ];
        let first = Info::parse(first.as_bytes()).unwrap();
        for (second, agrees) in table {
            let second = Info::parse(second.as_bytes()).unwrap();
            assert_eq!(first.agrees_with(&second), agrees, "{second:?}");
        }
        assert_eq!(Info::parse(b"<html>"), None);
        assert_eq!(Info::parse(br#"["v1.0.0"]"#), None);
        let small = Info::parse(br#"{"version":"v1.0.0","time":"2024-03-01T12:00:00Z"}"#);
        assert!(small.unwrap().agrees_with(&first));
    }
}
