//! What a policy makes of a client's environment: the block that `emit`, `env set --policy`, `run`,
//! `check` and `doctor` share.

use gomod::goproxy::Source;

use crate::{Direct, Policy};

/// What kind of environment a policy asks for. Go enforces none of them by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Modules go through the proxy, and version control may be asked too.
    Routed,
    /// Modules go through the proxy, private ones alone from version control.
    PrivateOnly,
    /// Everything goes through the proxy.
    Strict,
    /// Nothing is fetched from a network: GOPROXY is `off`, or files alone.
    AirGap,
}

impl Profile {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Routed => "routed",
            Self::PrivateOnly => "private-only",
            Self::Strict => "strict",
            Self::AirGap => "air-gap",
        }
    }
}

impl Policy {
    /// The kind of environment that it asks for: `client.direct`, and air-gap when that is forbidden
    /// and `client.goproxy` leads to no network.
    pub fn profile(&self) -> Profile {
        match self.client.direct {
            Direct::Allowed => Profile::Routed,
            Direct::PrivateOnly => Profile::PrivateOnly,
            Direct::Forbidden if self.leads_to_no_network() => Profile::AirGap,
            Direct::Forbidden => Profile::Strict,
        }
    }

    fn leads_to_no_network(&self) -> bool {
        let mut entries = self.client.goproxy.entries().iter();
        entries.all(|entry| match &entry.source {
            Source::Off => true,
            Source::Direct => false,
            Source::Url(url) => url.to_ascii_lowercase().starts_with("file:"),
        })
    }

    /// The variables that every Go environment must have, with their values, in the order in which
    /// they are written: GOPROXY as in the policy; GOPRIVATE, or GONOPROXY=none and GONOSUMDB where
    /// `direct` is forbidden; GOSUMDB where the policy names it; GOTOOLCHAIN where `[audit]` names
    /// it; and in an air gap what keeps `go` from fetching toolchains, from version control, and
    /// from changing go.mod. No name twice, no value empty, none with a line break or a secret.
    pub fn client_settings(&self) -> Vec<(&'static str, String)> {
        let client = &self.client;
        let air_gap = self.profile() == Profile::AirGap;
        let private: Vec<_> = client.private.iter().collect();
        let private = private.join(",");
        let mut settings = vec![("GOPROXY", client.goproxy_written.clone())];
        match client.direct {
            Direct::Allowed | Direct::PrivateOnly => settings.push(("GOPRIVATE", private)),
            Direct::Forbidden => {
                settings.push(("GONOPROXY", "none".to_owned()));
                settings.push(("GONOSUMDB", private));
            }
        }
        if client.sumdb_is_set {
            settings.push(("GOSUMDB", client.sumdb.clone()));
        }
        match &self.audit.toolchain {
            Some(toolchain) => settings.push(("GOTOOLCHAIN", toolchain.clone())),
            None if air_gap => settings.push(("GOTOOLCHAIN", "local".to_owned())),
            None => {}
        }
        if air_gap {
            settings.push(("GOVCS", "*:off".to_owned()));
            settings.push(("GOFLAGS", "-mod=readonly".to_owned()));
        }
        settings.retain(|(_, value)| !value.is_empty());
        settings
    }

    /// What else an environment may say that would undo [`Self::client_settings`], with the value
    /// that undoes that: GONOPROXY and GONOSUMDB go before the GOPRIVATE of the block, and
    /// `GOSUMDB=off` or other patterns exempt what the policy wants verified. An empty value would not
    /// do: `go` then reads its user file. No name that the block has.
    pub fn client_guards(&self) -> Vec<(&'static str, String)> {
        let client = &self.client;
        let private: Vec<_> = client.private.iter().collect();
        let private = match private.join(",") {
            none if none.is_empty() => "none".to_owned(),
            patterns => patterns,
        };
        let mut guards = vec![
            ("GONOPROXY", private.clone()),
            ("GONOSUMDB", private),
            ("GOSUMDB", client.sumdb.clone()),
        ];
        let settings = self.client_settings();
        guards.retain(|(guard, _)| settings.iter().all(|(name, _)| name != guard));
        guards
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn settings(client: &str, audit: &str) -> String {
        let text = format!("name = \"x\"\n[client]\n{client}\n[audit]\n{audit}\n");
        let policy = Policy::parse("p.toml", text.as_bytes()).unwrap();
        let lines = policy.client_settings().into_iter();
        let lines: Vec<_> = lines
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        format!("{} {}", policy.profile().as_str(), lines.join(" "))
    }

    #[test]
    fn what_the_block_leaves_open_is_guarded() {
        let private = "private = [\"git.corp.example\"]";
        let table = [
            ("", "GONOPROXY=none GONOSUMDB=none GOSUMDB=sum.golang.org"),
            (
                private,
                "GONOPROXY=git.corp.example GONOSUMDB=git.corp.example GOSUMDB=sum.golang.org",
            ),
            ("direct = \"forbidden\"\nsumdb = \"off\"", "GONOSUMDB=none"),
        ];
        for (client, wanted) in table {
            let text =
                format!("name = \"x\"\n[client]\ngoproxy = \"https://p.example\"\n{client}\n");
            let policy = Policy::parse("p.toml", text.as_bytes()).unwrap();
            let guards = policy.client_guards().into_iter();
            let guards: Vec<_> = guards
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            assert_eq!(guards.join(" "), wanted, "{client}");
        }
    }

    #[test]
    fn each_profile_has_its_block() {
        let private = "private = [\"git.corp.example\", \"*.in.example\"]";
        let table = [
            (
                "goproxy = \"https://p.example,direct\"".to_owned(),
                "",
                "routed GOPROXY=https://p.example,direct",
            ),
            (
                format!("goproxy = \"HTTPS://P.example/ , direct\"\n{private}"),
                "",
                "routed GOPROXY=HTTPS://P.example/ , direct GOPRIVATE=git.corp.example,*.in.example",
            ),
            (
                format!(
                    "goproxy = \"https://p.example\"\ndirect = \"private-only\"\n{private}\nsumdb = \"sum.golang.org\""
                ),
                "",
                "private-only GOPROXY=https://p.example GOPRIVATE=git.corp.example,*.in.example GOSUMDB=sum.golang.org",
            ),
            (
                format!(
                    "goproxy = \"https://a.example|https://b.example\"\ndirect = \"forbidden\"\n{private}"
                ),
                "toolchain = \"local\"",
                "strict GOPROXY=https://a.example|https://b.example GONOPROXY=none GONOSUMDB=git.corp.example,*.in.example GOTOOLCHAIN=local",
            ),
            (
                "goproxy = \"https://p.example\"\ndirect = \"forbidden\"".to_owned(),
                "toolchain = \"1.25.13\"",
                "strict GOPROXY=https://p.example GONOPROXY=none GOTOOLCHAIN=go1.25.13",
            ),
            (
                "goproxy = \"file:///srv/modules,off\"\ndirect = \"forbidden\"".to_owned(),
                "",
                "air-gap GOPROXY=file:///srv/modules,off GONOPROXY=none GOTOOLCHAIN=local GOVCS=*:off GOFLAGS=-mod=readonly",
            ),
            ("goproxy = \"off\"".to_owned(), "", "routed GOPROXY=off"),
        ];
        for (client, audit, wanted) in table {
            assert_eq!(settings(&client, audit), wanted, "{client}");
        }
    }

    proptest! {
        /// Whatever stands in a policy that is accepted: what is written to clients stays one line each.
        #[test]
        fn every_value_is_one_line(goproxy in "\\PC{0,20}|https://p[\\x00-\\x7f]{0,6}", private in "\\PC{1,12}") {
            let text = format!(
                "name = \"x\"\n[client]\ngoproxy = {}\nprivate = [{}]\n",
                toml::Value::String(goproxy), toml::Value::String(private)
            );
            if let Ok(policy) = Policy::parse("p.toml", text.as_bytes()) {
                for (_, value) in policy.client_settings() {
                    prop_assert!(!value.is_empty() && !value.contains(char::is_control), "{value:?}");
                }
            }
        }
    }
}
