//! git, asked without anybody there to answer.

use platform::{Ended, Limits, Program, RunError};

use crate::checks::Check;
use crate::checks::redact::hide_userinfo;
use crate::checks::situation::Situation;
use crate::checks::toolchain::last_line;

/// git as Go runs it: it must not ask.
fn git(situation: &Situation) -> Program {
    let program = Program::new("git")
        .envs(&situation.env)
        .env("LC_ALL", "C")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GCM_INTERACTIVE", "never");
    match situation
        .env
        .get("GIT_SSH_COMMAND")
        .or(situation.env.get("GIT_SSH"))
    {
        Some(_) => program,
        None => program.env(
            "GIT_SSH_COMMAND",
            "ssh -o BatchMode=yes -o ControlMaster=no",
        ),
    }
}

/// `private.git`: whether the repository's references can be listed.
pub(super) async fn reach(situation: &Situation, host: &str, repository: &str) -> Check {
    let id = "private.git";
    let shown = hide_userinfo(repository);
    let program = git(situation).args(["ls-remote", "-q", "--end-of-options", repository, "HEAD"]);
    match program.capture(situation.probe, &Limits::default()).await {
        Ok(ran) if ran.ended == Ended::Code(0) => Check::ok(id, format!("{shown} answers")),
        Ok(ran) => {
            let said = last_line(&ran.stderr);
            let remedy = remedy(host, &String::from_utf8_lossy(&ran.stderr));
            Check::fail(id, format!("git ls-remote {shown}: {said}"), remedy)
        }
        Err(RunError::Missing { .. }) => Check::fail(
            id,
            "there is no git in PATH: Go fetches private modules with it",
            "install git (alpine images of Go have none: apk add git)",
        ),
        Err(RunError::Timeout { .. }) => Check::fail(
            id,
            format!(
                "git ls-remote {shown} does not end within {:?}",
                situation.probe
            ),
            format!(
                "make {host} reachable from here, or have its modules served by your proxy and set GONOPROXY=none"
            ),
        ),
        Err(error) => Check::fail(id, error.to_string(), "install git anew"),
    }
}

/// What helps, by what git says.
fn remedy(host: &str, said: &str) -> String {
    let login = format!(
        "`machine {host} login USER password TOKEN` in netrc (mode 0600), a credential helper, or git config url.\"ssh://git@{host}/\".insteadOf https://{host}/"
    );
    if said.contains("could not read Username") || said.contains("could not read Password") {
        return format!("git needs a login and nobody is there to give it: add {login}");
    }
    if said.contains("Authentication failed")
        || said.contains("HTTP 401")
        || said.contains("error: 401")
    {
        return format!("the login is refused: renew {login}");
    }
    if said.contains("error: 403") {
        return format!("the login has no right to this repository: give it read access at {host}");
    }
    if said.contains("Host key verification failed") {
        return format!(
            "add the key of {host} to ~/.ssh/known_hosts (ssh-keyscan {host}, compared with what its owner publishes)"
        );
    }
    if said.contains("Permission denied") {
        return format!(
            "give git a key that {host} knows: an agent (ssh-add -l), or GIT_SSH_COMMAND='ssh -i FILE'"
        );
    }
    if said.contains("not found") || said.contains("error: 404") {
        return format!(
            "the repository is not there, or the login has no right to know of it: check the path, then the token's scope at {host}"
        );
    }
    if said.contains("certificate") {
        return "git trusts other authorities than Go: set http.sslCAInfo to your company's bundle"
            .to_owned();
    }
    if said.contains("Could not resolve")
        || said.contains("Failed to connect")
        || said.contains("Couldn't connect")
    {
        return format!(
            "make {host} reachable from here, or have its modules served by your proxy and set GONOPROXY=none"
        );
    }
    format!(
        "run the same by hand with GIT_TERMINAL_PROMPT=0, and look at git config --list for {host}"
    )
}

/// `private.rules`: what git is told to take in place of URLs.
pub(super) async fn rules(situation: &Situation) -> Check {
    let id = "private.rules";
    let program = git(situation).args([
        "config",
        "--get-regexp",
        r"^url\..*\.(insteadof|pushinsteadof)$",
    ]);
    match program.capture(situation.probe, &Limits::default()).await {
        Ok(ran) if ran.ended == Ended::Code(0) => {
            let text = String::from_utf8_lossy(&ran.stdout);
            let rules: Vec<String> = text.lines().map(hide_userinfo).collect();
            Check::ok(id, rules.join("; "))
        }
        Ok(_) => Check::ok(id, "git takes every URL as it is"),
        Err(error) => Check::skip(id, error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_complaint_of_git_has_its_remedy() {
        for (said, wanted) in [
            (
                "fatal: could not read Username for 'https://h': terminal prompts disabled",
                "needs a login",
            ),
            ("fatal: Authentication failed for 'https://h/'", "refused"),
            ("Host key verification failed.", "known_hosts"),
            ("git@h: Permission denied (publickey).", "ssh-add"),
            (
                "fatal: repository 'https://h/x/' not found",
                "token's scope",
            ),
            (
                "fatal: unable to access: The requested URL returned error: 403",
                "read access",
            ),
            (
                "SSL certificate problem: unable to get local issuer certificate",
                "sslCAInfo",
            ),
            ("Could not resolve host: h", "reachable"),
            ("something new", "by hand"),
        ] {
            let remedy = remedy("h", said);
            assert!(remedy.contains(wanted), "{said}: {remedy}");
        }
    }
}
