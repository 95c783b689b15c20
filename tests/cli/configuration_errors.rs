//! Wrong configuration: each ends with exit code 2 and one line that names
//! where it stands, the key, the value, and what would be right.

use crate::run::Place;

const POLICY: &str = "name = \"x\"\n[client]\ngoproxy = \"https://p.example\"\n";
const ROUTE: &str = "[[route]]\nmatch = [\"*\"]\nfrom = \"https://a.example\"\n";

/// Runs `serve --print-config` with `file` as modkeep.toml.
fn said_of_file(file: &str) -> String {
    let place = Place::new()
        .with("modkeep.toml", file)
        .with("policy.toml", &format!("{POLICY}{ROUTE}"))
        .with("empty", "\n");
    said(&place, &[], &["--config", "modkeep.toml"])
}

fn said(place: &Place, variables: &[(&str, &str)], arguments: &[&str]) -> String {
    let said = place.run_in(
        variables,
        &[&["serve", "--print-config"], arguments].concat(),
    );
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(2), ""),
        "{variables:?} {arguments:?}\n{}",
        said.err
    );
    assert!(!said.err.contains("hunter2"), "{}", said.err);
    said.err
}

/// Files, and what is said of each.
const FILES: [(&str, &str); 35] = [
    (
        "listn = \":80\"\n",
        "modkeep: modkeep.toml:1: unknown key \"listn\"\n  did you mean \"listen\"?\n",
    ),
    (
        "\n\n[limit]\n",
        "modkeep: modkeep.toml:3: unknown key \"limit\"\n  did you mean \"limits\"?\n",
    ),
    (
        "listen = 8080\n",
        "modkeep: modkeep.toml:1: listen = 8080: must be a string, not integer\n",
    ),
    (
        "listen = \"8080\"\n",
        "modkeep: modkeep.toml:1: listen = \"8080\": must be HOST:PORT or :PORT\n",
    ),
    (
        "listen = \":http\"\n",
        "modkeep: modkeep.toml:1: listen = \":http\": must be HOST:PORT or :PORT\n",
    ),
    (
        "base_path = \"go\"\n",
        "modkeep: modkeep.toml:1: base_path = \"go\": must be a path such as /go, of letters, digits and -._~\n",
    ),
    (
        "base_path = \"/a/../b\"\n",
        "modkeep: modkeep.toml:1: base_path = \"/a/../b\": must be a path such as /go, of letters, digits and -._~\n",
    ),
    (
        "upstream = \"https://a.example,fallback\"\n",
        "modkeep: modkeep.toml:1: upstream = \"https://a.example,fallback\": invalid proxy URL missing scheme: fallback\n",
    ),
    (
        "policy = \"policy.toml\"\nupstream = \"off\"\n",
        "modkeep: modkeep.toml:2: upstream = \"off\": the policy policy.toml has [[route]], which says where modules come from\n  leave out one of the two\n",
    ),
    (
        "policy = \"none.toml\"\n",
        "modkeep: modkeep.toml:1: policy = \"none.toml\": cannot be read: No such file or directory (os error 2)\n",
    ),
    (
        "private = [\"a b\"]\n",
        "modkeep: modkeep.toml:1: private = \"a b\": \"a b\" has white space, which Go does not trim: it would match nothing\n",
    ),
    (
        "private = [1]\n",
        "modkeep: modkeep.toml:1: private = 1: must be a list of strings, not integer\n",
    ),
    (
        "nosumdb = \"[a\"\n",
        "modkeep: modkeep.toml:1: nosumdb = \"[a\": \"[a\" is malformed: Go would ignore it\n",
    ),
    (
        "offline = \"yes\"\n",
        "modkeep: modkeep.toml:1: offline = \"yes\": must be true or false\n",
    ),
    (
        "list_ttl = \"60\"\n",
        "modkeep: modkeep.toml:1: list_ttl = \"60\": not a duration: write it as 500ms, 60s, 5m, 12h or 7d\n",
    ),
    (
        "upstream_timeout = \"0s\"\n",
        "modkeep: modkeep.toml:1: upstream_timeout = \"0s\": must be more than nothing\n",
    ),
    (
        "byte_cache = \"64MB\"\n",
        "modkeep: modkeep.toml:1: byte_cache = \"64MB\": not a size: write it as 64MiB, 512KiB or a number of bytes\n",
    ),
    (
        "store = \"s3://bucket/x\"\n",
        "modkeep: modkeep.toml:1: store = \"s3://bucket/x\": this version keeps nothing in S3 yet\n  name a folder, such as --store /var/lib/modkeep\n",
    ),
    (
        "basic_user = \"me\"\n",
        "modkeep: modkeep.toml:1: basic_user = \"me\": there is no password for this user\n  name its file with --basic-password-file, or set MODKEEP_BASIC_PASSWORD\n",
    ),
    (
        "basic_password = \"hunter2\"\n",
        "modkeep: modkeep.toml:1: basic_password = \"xxxxx\": there is no user for this password\n  name it with --basic-user\n",
    ),
    (
        "basic_user = \"me\"\nbasic_password_file = \"empty\"\n",
        "modkeep: modkeep.toml:2: basic_password_file = \"empty\": is empty\n",
    ),
    (
        "tls_cert = \"c.pem\"\n",
        "modkeep: modkeep.toml:1: tls_cert = \"c.pem\": HTTPS needs the key too\n  name it with --tls-key\n",
    ),
    (
        "log = \"verbose\"\n",
        "modkeep: modkeep.toml:1: log = \"verbose\": must be one of error, warn, info, debug, trace\n",
    ),
    (
        "log = \"inf\"\n",
        "modkeep: modkeep.toml:1: log = \"inf\": must be one of error, warn, info, debug, trace\n  did you mean info?\n",
    ),
    (
        "redis = \"redis://x\"\n",
        "modkeep: modkeep.toml:1: redis = \"redis://x\": this version has no Redis yet\n  leave it out: one process with one store needs no shared state\n",
    ),
    (
        "[limits]\nzip_byte = 1\n",
        "modkeep: modkeep.toml:2: unknown key \"zip_byte\" in [limits]\n  did you mean \"zip_bytes\"?\n",
    ),
    (
        "[limits]\nstall = 30\n",
        "modkeep: modkeep.toml:2: limits.stall = 30: not a duration: write it as 500ms, 60s, 5m, 12h or 7d\n",
    ),
    (
        "[limits]\ntries = 0\n",
        "modkeep: modkeep.toml:2: limits.tries = 0: must be more than nothing\n",
    ),
    (
        "[[credentials]]\nhost = \"a.example\"\nuser = \"me\"\npasword = \"hunter2\"\n",
        "modkeep: modkeep.toml:4: unknown key \"pasword\" in [[credentials]]\n  did you mean \"password\"?\n",
    ),
    (
        "[[credentials]]\nhost = \"https://a.example\"\ntoken = \"hunter2\"\n",
        "modkeep: modkeep.toml:2: credentials.host = \"https://a.example\": must be a host, or host:port\n",
    ),
    (
        "[[credentials]]\nhost = \"a.example\"\nuser = \"me\"\n",
        "modkeep: modkeep.toml:1: credentials.password is missing\n",
    ),
    (
        "[[credentials]]\nhost = \"a.example\"\ntoken_file = \"nothing\"\n",
        "modkeep: modkeep.toml:3: credentials.token_file = \"nothing\": cannot be read: No such file or directory (os error 2)\n",
    ),
    (
        "[[credentials]]\nhost = \"a.example\"\ntoken = 7\n",
        "modkeep: modkeep.toml:3: credentials.token = (hidden): must be a string\n",
    ),
    (
        "listen = \":1\"\nlisten = \":2\"\n",
        "modkeep: modkeep.toml:2: not TOML: duplicate key\n",
    ),
    (
        "sumdb = \"a b c\"\n",
        "modkeep: modkeep.toml:1: sumdb = \"a b c\": invalid GOSUMDB: too many fields\n",
    ),
];

#[test]
fn errors_in_the_file_name_line_key_value_and_nearest() {
    for (file, wanted) in FILES {
        assert_eq!(said_of_file(file), wanted, "{file}");
    }
}

#[test]
fn errors_in_variables_and_flags_name_them() {
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str], &'a str);
    let table: [Case<'_>; 7] = [
        (
            &[("MODKEEP_UPSTREM", "off")],
            &[],
            "modkeep: unknown variable MODKEEP_UPSTREM in the environment\n  did you mean MODKEEP_UPSTREAM?\n",
        ),
        (
            &[("MODKEEP_LIST_TTL", "soon")],
            &[],
            "modkeep: MODKEEP_LIST_TTL=soon: not a duration: write it as 500ms, 60s, 5m, 12h or 7d\n",
        ),
        (
            &[("MODKEEP_UPSTREAM", "ftp://me:hunter2@a.example")],
            &[],
            "modkeep: MODKEEP_UPSTREAM=ftp://me:xxxxx@a.example: invalid proxy URL scheme (must be https, http, file): ftp://me:xxxxx@a.example\n",
        ),
        (
            &[("MODKEEP_BASIC_PASSWORD", "hunter2")],
            &[],
            "modkeep: MODKEEP_BASIC_PASSWORD=xxxxx: there is no user for this password\n  name it with --basic-user\n",
        ),
        (
            &[],
            &["--listen", "localhost"],
            "modkeep: --listen localhost: must be HOST:PORT or :PORT\n",
        ),
        (
            &[],
            &["--config", "none.toml"],
            "modkeep: the settings file none.toml cannot be read: No such file or directory (os error 2)\n",
        ),
        (
            &[],
            &["--offline=maybe"],
            "modkeep: --offline maybe: must be true or false\n",
        ),
    ];
    for (variables, arguments, wanted) in table {
        assert_eq!(said(&Place::new(), variables, arguments), wanted);
    }
}

#[test]
fn errors_in_the_policy_name_its_line() {
    let table = [
        ("", "modkeep: policy.toml:1: name is missing\n"),
        (
            "name = \"x\"\n[clint]\n",
            "modkeep: policy.toml:2: unknown key \"clint\"\n  did you mean \"client\"?\n",
        ),
        (
            "name = \"x\"\n[client]\ngoproxy = \"https://me:hunter2@p.example\"\n",
            "modkeep: policy.toml:3: client.goproxy = (hidden): a policy holds no user or password: name them in modkeep.toml or netrc\n",
        ),
        (
            "name = \"x\"\n[client]\ngoproxy = \"off\"\n[[rule]]\nmatch = [\"*\"]\n",
            "modkeep: policy.toml:4: [[rule]] is not enforced by this version yet\n  modkeep does not start with a policy it would only follow in part: leave that table out\n",
        ),
        (
            "name = \"x\"\n[client]\ngoproxy = \"off\"\n[audit]\nmin-go = \"1.25\"\n",
            "modkeep: policy.toml:5: unknown key \"min-go\" in [audit]\n  did you mean \"min_go\"?\n",
        ),
        (
            "name = \"x\"\n[client]\ngoproxy = \"https://p.example,direct\"\ndirect = \"forbidden\"\n",
            "modkeep: policy.toml:3: client.goproxy = \"https://p.example,direct\": ends in direct, which client.direct = \"forbidden\" rules out: take it out of the list, or set client.direct = \"allowed\"\n",
        ),
    ];
    for (policy, wanted) in table {
        let place = Place::new().with("policy.toml", policy);
        assert_eq!(
            said(&place, &[], &["--policy", "policy.toml"]),
            wanted,
            "{policy}"
        );
    }
}

/// Nobody says where to keep modules, and there is no home to keep them in.
#[test]
fn a_store_must_be_somewhere() {
    let said = Place::new().run_in(&[("HOME", "")], &["serve", "--print-config"]);
    assert_eq!(
        (said.code, said.err.as_str()),
        (
            Some(2),
            "modkeep: no store is named, and HOME is not set, so there is no data folder to keep modules in\n  name a folder, such as --store /var/lib/modkeep\n"
        )
    );
}
