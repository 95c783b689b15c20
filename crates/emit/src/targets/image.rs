//! What builds images: Dockerfile, compose, bake.

use super::{Body, Wanted, indented};
use crate::quote;

/// GOTOOLCHAIN stands in `ENV`: the official images set it there, and `ENV` goes before `ARG`.
const IN_ENV: &str = "GOTOOLCHAIN";

/// A build in two stages. The settings are arguments of the stage that runs `go`, with the policy's
/// values as defaults; the last stage has none of them.
pub(super) fn dockerfile(wanted: &Wanted<'_>) -> Body {
    let settings = wanted.lines(|name, value| {
        let word = if name == IN_ENV { "ENV" } else { "ARG" };
        let line = format!("{word} {name}={}", quote::dockerfile(value));
        if name == "GOPRIVATE" {
            // It takes any name with PRIVATE in it for a secret.
            format!("# hadolint ignore=DL3064\n{line}")
        } else {
            line
        }
    });
    let go = wanted.go_version();
    let cache = format!(
        "--mount=type=cache,id=gomod-{},target=/go/pkg/mod",
        wanted.slug()
    );
    let text = format!(
        "\
FROM golang:{go} AS build
{settings}WORKDIR /src
COPY go.mod go.sum ./
RUN {cache} \\
    --mount=type=secret,id=netrc,target=/run/secrets/netrc \\
    NETRC=/run/secrets/netrc go mod download
COPY . .
RUN {cache} \\
    CGO_ENABLED=0 go build -trimpath -o /out/ ./...

FROM scratch
COPY --from=build /out/ /
"
    );
    Body::of(
        text,
        &[
            "docker build --secret id=netrc,src=$HOME/.netrc . passes credentials; none stay in a layer.",
        ],
    )
}

/// Build arguments with the policy's own values: passed through from the host they would be empty
/// where the host has none, and an empty one means Go's default proxy.
pub(super) fn compose(wanted: &Wanted<'_>) -> Body {
    let arguments =
        wanted.lines(|name, value| format!("{name}: {}", quote::yaml(&value.replace('$', "$$"))));
    let text = format!(
        "\
services:
  app:
    build:
      context: .
      args:
{}      secrets:
        - netrc
secrets:
  netrc:
    file: \"${{NETRC:-/dev/null}}\"
",
        indented(&arguments, "        ")
    );
    Body::of(
        text,
        &[
            "docker compose -f compose.yaml -f compose.modkeep.yaml build; app is the service that is",
            "built. Its Dockerfile declares the arguments with ARG in each stage that runs go.",
        ],
    )
}

pub(super) fn bake(wanted: &Wanted<'_>) -> Body {
    let arguments = wanted.lines(|name, value| format!("{name} = {}", quote::hcl(value)));
    let text = format!(
        "\
target \"_go\" {{
  args = {{
{}  }}
  secret = [\"type=env,id=netrc,env=NETRC_CONTENT\"]
}}

target \"default\" {{
  inherits = [\"_go\"]
  context  = \".\"
}}
",
        indented(&arguments, "    ")
    );
    Body::of(
        text,
        &[
            "Targets that run go inherit _go. Their Dockerfile declares the arguments with ARG in each",
            "stage that runs go. NETRC_CONTENT holds the text of a netrc, or is unset.",
        ],
    )
}
