//! Every check: its id, its group, and what it says.

use super::Group;

/// One check of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Description {
    /// Its id, stable: scripts may rely on it.
    pub id: &'static str,
    /// Its group.
    pub group: Group,
    /// What is checked, in a line.
    pub about: &'static str,
}

const fn row(id: &'static str, group: Group, about: &'static str) -> Description {
    Description { id, group, about }
}

/// The checks in the order in which they run.
pub const CATALOGUE: [Description; 56] = [
    row(
        "env.variables",
        Group::Env,
        "Each variable of Go that decides where modules come from, and where its value was set",
    ),
    row(
        "env.shadowed",
        Group::Env,
        "No value of the user's file or go.env is hidden by another one that differs",
    ),
    row(
        "env.names",
        Group::Env,
        "No variable looks like one of Go's and is none",
    ),
    row(
        "env.modules",
        Group::Env,
        "GO111MODULE does not switch modules off",
    ),
    row(
        "env.patterns",
        Group::Env,
        "Every pattern of GOPRIVATE, GONOPROXY, GONOSUMDB and GOINSECURE can match something",
    ),
    row(
        "env.insecure",
        Group::Env,
        "GOINSECURE is not set for a proxy, where it does nothing",
    ),
    row("env.vcs", Group::Env, "GOVCS can be read"),
    row("env.flags", Group::Env, "GOFLAGS can be read"),
    row(
        "env.home",
        Group::Env,
        "The folders of Go can be told from HOME, GOPATH and GOCACHE",
    ),
    row(
        "env.modcache",
        Group::Env,
        "The module cache can be written",
    ),
    row(
        "env.buildcache",
        Group::Env,
        "The build cache can be written",
    ),
    row(
        "env.disk",
        Group::Env,
        "The disk of the module cache has room",
    ),
    row(
        "env.clock",
        Group::Env,
        "The clock here and the proxy's agree within a minute",
    ),
    row(
        "toolchain.go",
        Group::Toolchain,
        "A Go is installed and starts",
    ),
    row(
        "toolchain.defaults",
        Group::Toolchain,
        "$GOROOT/go.env is there and holds GOPROXY and GOSUMDB",
    ),
    row(
        "toolchain.release",
        Group::Toolchain,
        "The installed Go verifies checksums without known flaws",
    ),
    row(
        "toolchain.plan",
        Group::Toolchain,
        "The go and toolchain lines of go.mod and go.work can be met",
    ),
    row(
        "chain.goproxy",
        Group::Chain,
        "GOPROXY can be read as Go reads it",
    ),
    row(
        "chain.order",
        Group::Chain,
        "Who is asked after whom, and on which answer the search ends",
    ),
    row(
        "chain.private",
        Group::Chain,
        "What GONOPROXY takes out of the chain",
    ),
    row(
        "chain.policy",
        Group::Chain,
        "The chain is the one of the policy",
    ),
    row(
        "dns.name",
        Group::Dns,
        "Each host of the chain has an address",
    ),
    row(
        "tcp.connect",
        Group::Tcp,
        "Each host of the chain takes connections",
    ),
    row(
        "proxy.variables",
        Group::Proxy,
        "HTTP_PROXY, HTTPS_PROXY and NO_PROXY can be read",
    ),
    row(
        "proxy.exceptions",
        Group::Proxy,
        "Every entry of NO_PROXY can match something, for Go as for git",
    ),
    row(
        "proxy.agreement",
        Group::Proxy,
        "Go and git take the same way to each host of the chain",
    ),
    row(
        "proxy.docker",
        Group::Proxy,
        "Builds in Docker get the same proxies",
    ),
    row(
        "proxy.connect",
        Group::Proxy,
        "The HTTP proxy lets through to each host of the chain",
    ),
    row(
        "tls.authorities",
        Group::Tls,
        "The certificate authorities that Go trusts here can be read",
    ),
    row(
        "tls.handshake",
        Group::Tls,
        "Each https host of the chain speaks TLS",
    ),
    row(
        "tls.certificate",
        Group::Tls,
        "Go believes the certificate of each https host of the chain",
    ),
    row(
        "tls.expiry",
        Group::Tls,
        "No certificate of the chain ends soon",
    ),
    row(
        "interception.issuer",
        Group::Interception,
        "Nobody on the way has made the certificates of public hosts",
    ),
    row(
        "http.answer",
        Group::Http,
        "Each proxy of the chain answers in time",
    ),
    row(
        "http.portal",
        Group::Http,
        "What answers is the proxy, not a login page or captive portal",
    ),
    row(
        "http.login",
        Group::Http,
        "The proxy asks for no login, or the one sent is right",
    ),
    row(
        "http.absent",
        Group::Http,
        "A module that does not exist is answered with 404 or 410",
    ),
    row(
        "http.present",
        Group::Http,
        "The first public requirement of go.mod is served, with .info and .mod of the right form",
    ),
    row("http.zip", Group::Http, "Its zip begins in time"),
    row(
        "sumdb.value",
        Group::Sumdb,
        "GOSUMDB can be read and does not switch verification off",
    ),
    row(
        "sumdb.relay",
        Group::Sumdb,
        "Who answers for the checksum database: a proxy, or the database itself",
    ),
    row(
        "sumdb.signature",
        Group::Sumdb,
        "Its tree is signed by the key of GOSUMDB",
    ),
    row(
        "sumdb.lookup",
        Group::Sumdb,
        "The first public requirement of go.mod is in the database, with its proof",
    ),
    row(
        "sumdb.direct",
        Group::Sumdb,
        "The database can be reached without a proxy, where that is needed",
    ),
    row(
        "endpoint.toolchain",
        Group::ToolchainEndpoint,
        "The toolchain that go.mod wants can be fetched through the chain",
    ),
    row(
        "private.netrc",
        Group::Private,
        "netrc has the form that Go reads, and nobody else can read it",
    ),
    row(
        "private.metadata",
        Group::Private,
        "The hosts of private modules say where their repositories are",
    ),
    row(
        "private.git",
        Group::Private,
        "git reaches the repositories of private modules without asking anybody",
    ),
    row(
        "private.rules",
        Group::Private,
        "Rules of git that send URLs elsewhere",
    ),
    row(
        "leak.paths",
        Group::Leak,
        "No private module's path is told to a public host",
    ),
    row(
        "container.kind",
        Group::Container,
        "Whether this is a container, and what that changes",
    ),
    row("container.ci", Group::Container, "Which CI system this is"),
    row(
        "server.health",
        Group::Server,
        "A modkeep of the chain is alive and ready",
    ),
    row("server.version", Group::Server, "Which modkeep it is"),
    row(
        "server.policy",
        Group::Server,
        "The policy that it enforces is the one given here",
    ),
    row(
        "container.search",
        Group::Container,
        "Names are found without a search through many domains",
    ),
];

/// The group of the check `id`: `Env` for an id that is not in the catalogue,
/// which a test keeps from happening.
pub(super) fn group_of(id: &str) -> Group {
    CATALOGUE
        .iter()
        .find(|one| one.id == id)
        .map_or(Group::Env, |one| one.group)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique() {
        let mut ids: Vec<_> = CATALOGUE.iter().map(|one| one.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), CATALOGUE.len());
    }

    /// A check must not be made under an id that nobody can look up.
    #[test]
    fn every_id_in_the_sources_is_in_the_catalogue() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/checks");
        let pattern =
            regex::Regex::new(r#"(?:ok|warn|fail|skip|new)\(\s*"([a-z]+\.[a-z]+)""#).unwrap();
        let mut folders = vec![folder];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(path).unwrap();
                for found in pattern.captures_iter(&text) {
                    let id = &found[1];
                    assert!(CATALOGUE.iter().any(|one| one.id == id), "{id}");
                }
            }
        }
    }
}
