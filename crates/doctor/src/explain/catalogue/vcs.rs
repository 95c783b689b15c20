//! Modules that go fetches from version control itself.

use crate::explain::Place;
use crate::explain::entry::Class::{Authentication, Configuration, Module, Network, Policy};
use crate::explain::entry::{BLANK, Entry, Status};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "GE60",
        classes: &[Authentication],
        pattern: r"could not read (?:Username|Password) for '(?P<url>[^']+)': terminal prompts disabled",
        needles: &["terminal prompts disabled"],
        cause: "go fetched the repository at {url|that address} itself, and git has no login for it. Some hosts ask for a login where a repository does not exist.",
        fix: "Give git a login: a line in the file that NETRC names, or ssh by an insteadOf rule. Or have the company's proxy serve the module and set GONOPROXY=none.",
        run: "git config --global url.\"ssh://git@{host|git.corp.example}/\".insteadOf https://{host|git.corp.example}/",
        at: &[
            (
                Place::GitLab,
                "before_script:\n  - printf 'machine {host|git.corp.example} login gitlab-ci-token password %s\\n' \"$CI_JOB_TOKEN\" > ~/.netrc && chmod 600 ~/.netrc",
            ),
            (
                Place::Dockerfile,
                "RUN --mount=type=secret,id=netrc,target=/run/secrets/netrc NETRC=/run/secrets/netrc go mod download",
            ),
        ],
        ..BLANK
    },
    Entry {
        id: "GE61",
        classes: &[Authentication, Module],
        pattern: r"fatal: repository '(?P<url>[^']+)' (?:not found|does not exist)",
        needles: &["fatal: repository '"],
        cause: "There is no repository at {url|that address}, or this identity may not see it: hosts give the same answer for both.",
        fix: "Check the path for typing errors, then the login: does the token of this job read that repository?",
        local: "GIT_TERMINAL_PROMPT=0 git ls-remote {url|https://git.corp.example/team/lib}",
        ..BLANK
    },
    Entry {
        id: "GE62",
        classes: &[Network],
        pattern: r"server certificate verification failed\. CAfile: (?P<ca>\S+)",
        needles: &["server certificate verification failed. CAfile: "],
        cause: "git does not trust the certificate; it read {ca|its own list of authorities}, which is not Go's. GOINSECURE does not reach git.",
        fix: "Add the company's authority to the system's list, and tell git of the merged file.",
        set: &[("GIT_SSL_CAINFO", "/etc/ssl/certs/ca-certificates.crt")],
        local: "git config --global http.sslCAInfo /etc/ssl/certs/ca-certificates.crt",
        ..BLANK
    },
    Entry {
        id: "GE63",
        classes: &[Network, Authentication],
        pattern: r"(?:ssh: connect to host (?P<host>\S+) port (?P<port>\d+): |Host key verification failed|Permission denied \(publickey)",
        needles: &[
            "ssh: connect to host ",
            "Host key verification failed",
            "Permission denied (publickey",
        ],
        cause: "git goes by ssh and does not get in: {host|the host} is not reached from here, its key is not in known_hosts, or the job has no key that it accepts.",
        fix: "Put the host's key into known_hosts and give the job an ssh agent, or fetch over https with a login.",
        run: "ssh-keyscan {host|git.corp.example} >> ~/.ssh/known_hosts",
        at: &[(
            Place::Dockerfile,
            "RUN mkdir -p -m 0700 ~/.ssh && ssh-keyscan {host|git.corp.example} >> ~/.ssh/known_hosts\nRUN --mount=type=ssh go mod download",
        )],
        ..BLANK
    },
    Entry {
        id: "GE64",
        classes: &[Configuration],
        pattern: r#"(?:failed to execute git version: exec: "git"|exec: "(?P<vcs>git|hg|svn|bzr|fossil)"): executable file not found|missing (?:Git|Mercurial|Subversion|Bazaar|Fossil) command"#,
        needles: &["executable file not found", "missing "],
        cause: "go fetches from version control, and this image has no {vcs|git}. The alpine images of Go come without git.",
        fix: "Install {vcs|git}, or let every module come from a proxy: GOPROXY without direct, and GONOPROXY=none.",
        run: "apk add --no-cache {vcs|git} || apt-get install -y {vcs|git}",
        ..BLANK
    },
    Entry {
        id: "GE83",
        classes: &[Network],
        status: Status::Source,
        pattern: r"\[SSL: CERTIFICATE_VERIFY_FAILED\]",
        needles: &["[SSL: CERTIFICATE_VERIFY_FAILED]"],
        cause: "Mercurial does not trust the certificate: it reads the authorities that Python knows, not Go's.",
        fix: "Tell hg of the merged list of authorities: web.cacerts in its configuration, or SSL_CERT_FILE.",
        set: &[("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt")],
        ..BLANK
    },
    Entry {
        id: "GE65",
        classes: &[Policy, Configuration],
        since: 16,
        pattern: r"(?:GOVCS disallows using (?P<vcs>\S+) for (?P<what>public|private) (?P<module>[^;\s]+)|malformed entry in GOVCS)",
        needles: &["GOVCS disallows using ", "malformed entry in GOVCS"],
        cause: "GOVCS does not allow {vcs|that version control system} for {what|} {module|this module}, or has an entry without a colon. Go allows git and hg for public modules, and all for private ones.",
        fix: "Allow it for that host alone, and keep the default for all others.",
        set: &[(
            "GOVCS",
            "{pattern|git.corp.example}:{vcs|git},public:git|hg,private:all",
        )],
        ..BLANK
    },
    Entry {
        id: "GE59",
        classes: &[Configuration],
        pattern: r#"unknown vcs "(?P<vcs>[^"]*)""#,
        needles: &["unknown vcs \""],
        cause: "The go-import tag of the page at the import path names \"{vcs|something}\", which is no version control system that go knows.",
        fix: "Correct the tag on that server: the second word is git, hg, svn, fossil or mod.",
        local: "curl -s 'https://{module|git.corp.example/team/lib}?go-get=1' | grep go-import",
        ..BLANK
    },
    Entry {
        id: "GE57",
        classes: &[Configuration],
        pattern: r"no go-import meta tags \(meta tag (?P<got>\S+) did not match import path (?P<module>[^)\s]+)\)",
        needles: &["did not match import path"],
        cause: "The server answered for {got|another path} when it was asked for {module|this one}: a redirecting server, or a GitLab subgroup that it hides from whoever is not logged in.",
        fix: "End the path of the repository in .git (git.corp.example/group/sub/lib.git), or give go a login for the host by netrc.",
        local: "curl -s 'https://{module|git.corp.example/group/sub/lib}?go-get=1' | grep go-import",
        ..BLANK
    },
    Entry {
        id: "GE56",
        classes: &[Authentication, Configuration],
        pattern: r"no go-import meta tags \(\)",
        needles: &["no go-import meta tags ()"],
        cause: "The page at {module|the import path} is an ordinary web page, often a login, and holds no go-import tag.",
        fix: "Give go a login for the host (a machine line in the file that NETRC names), or have the company's proxy serve the module. If there is nothing at that path, correct the import.",
        local: "curl -s 'https://{module|git.corp.example/team/lib}?go-get=1' | grep go-import",
        ..BLANK
    },
    Entry {
        id: "GE55",
        classes: &[Authentication, Configuration],
        pattern: r#"unrecognized import path "(?P<module>[^"]+)": reading (?P<url>\S+\?go-get=1): (?P<code>40[134]) "#,
        needles: &["?go-get=1: 40"],
        cause: "{host|The host} answered {code|an error} when go asked where the repository of {module|the module} is: it is hidden from whoever is not logged in, or not there.",
        fix: "Give go a login for the host (a machine line in the file that NETRC names), or have the company's proxy serve the module.",
        set: &[("NETRC", "/run/secrets/netrc")],
        local: "curl -si --netrc '{url|https://git.corp.example/team/lib?go-get=1}'",
        ..BLANK
    },
    Entry {
        id: "GE53",
        classes: &[Module, Authentication],
        pattern: r"invalid version: unknown revision (?P<rev>\S+)",
        needles: &["invalid version: unknown revision "],
        cause: "The repository of {module|the module} has no tag, branch or commit {rev|of that name}, or the job's login cannot see it.",
        fix: "Push the tag, or ask for a version that exists.",
        local: "go list -m -versions {module|MODULE}",
        ..BLANK
    },
    Entry {
        id: "GE52",
        classes: &[Module],
        pattern: r#"invalid version: module contains a go\.mod file, so module path must match major version \("(?P<want>[^"]+)"\)|go\.mod has post-v\d+ module path "(?P<want2>[^"]+)""#,
        needles: &[
            "so module path must match major version",
            "go.mod has post-v",
        ],
        cause: "From version 2 on a module with a go.mod has its major version in its path; {want|the path with the suffix} is the right one here.",
        fix: "Import {want|the path with its /vN suffix} in the code and require it.",
        local: "go get {want|MODULE/vN}@{version|latest}",
        ..BLANK
    },
    Entry {
        id: "GE58",
        classes: &[Network],
        is_context: true,
        pattern: r#"unrecognized import path "(?P<module>[^"]+)": https fetch: Get "(?P<url>[^"]+)""#,
        needles: &["https fetch: Get \""],
        cause: "go fetches {module|the module} from version control itself and could not reach {host|its host}.",
        fix: "Let the job reach that host; or, where the company's proxy serves the module, send it there.",
        set: &[("GONOPROXY", "none")],
        local: "curl -si '{url|https://git.corp.example/team/lib?go-get=1}'",
        ..BLANK
    },
];
