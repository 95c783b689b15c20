//! Dockerfiles.

use super::{Row, check};

const TABLE: &[Row] = &[
    Row {
        shows: "nobody builds it: an ARG without default is unknown, with one it is that, ENV beats ARG",
        files: &[(
            "Dockerfile",
            "FROM golang:1.24 AS a
ARG GOPROXY
RUN go build
FROM golang:1.24 AS b
ARG GOPROXY=https://default
RUN go build
FROM golang:1.24 AS c
ENV GOPROXY=https://env
ARG GOPROXY=https://default
RUN go build
FROM golang:1.24 AS d
ARG GOPROXY=https://default
ENV GOPROXY https://old,direct
RUN go build
FROM golang:1.24 AS e
RUN go build
",
        )],
        sees: &[
            "Dockerfile:3 ?build argument GOPROXY <- Dockerfile:2 ARG",
            "Dockerfile:6 https://default <- Dockerfile:5 default of ARG",
            "Dockerfile:10 https://env <- Dockerfile:8 ENV",
            "Dockerfile:14 https://old,direct <- Dockerfile:13 ENV",
            "Dockerfile:16 default",
        ],
    },
    Row {
        shows: "an ARG before FROM is seen where it is declared again; an ARG below a RUN is not",
        files: &[(
            "Dockerfile",
            "ARG GOPROXY=https://global
FROM golang:1.24 AS a
RUN go build
FROM golang:1.24 AS b
RUN go mod download
ARG GOPROXY
RUN go build
FROM golang:1.24 AS c
ARG GOPROXY=https://own
RUN go build
",
        )],
        sees: &[
            "Dockerfile:3 default",
            "Dockerfile:5 default",
            "Dockerfile:7 https://global <- Dockerfile:1 default of ARG",
            "Dockerfile:10 https://own <- Dockerfile:9 default of ARG",
        ],
    },
    Row {
        shows: "a stage FROM a stage inherits its ENV, its ARG and its go env -w",
        files: &[(
            "Dockerfile",
            "FROM golang:1.24 AS base
ENV GOPROXY=https://env
FROM base AS a
RUN go build
FROM golang:1.24 AS args
ARG GOPROXY=https://arg
RUN go build
FROM args AS b
RUN go build
FROM golang:1.24 AS written
RUN go env -w GOPROXY=https://file
FROM written AS c
RUN go build
FROM golang:1.24 AS d
RUN go build
FROM a AS e
ENV GOPROXY=\"\"
RUN go build
",
        )],
        sees: &[
            "Dockerfile:4 https://env <- Dockerfile:2 ENV",
            "Dockerfile:7 https://arg <- Dockerfile:6 default of ARG",
            "Dockerfile:9 https://arg <- Dockerfile:6 default of ARG",
            "Dockerfile:11 default",
            "Dockerfile:13 https://file <- Dockerfile:11 go env -w",
            "Dockerfile:15 default",
            "Dockerfile:18 default",
        ],
    },
    Row {
        shows: "references in one instruction see what was before it",
        files: &[(
            "Dockerfile",
            "FROM golang:1.24
ENV HOST=https://host
ENV HOST=https://same GOPROXY=$HOST/go
RUN go build
ENV GOPROXY=${HOST:-https://unused},direct
RUN go build
ENV GOPROXY=${NONE:-https://fallback}
RUN go build
",
        )],
        sees: &[
            "Dockerfile:4 https://host/go <- Dockerfile:3 ENV",
            "Dockerfile:6 https://same,direct <- Dockerfile:5 ENV",
            "Dockerfile:8 https://fallback <- Dockerfile:7 ENV",
        ],
    },
    Row {
        shows: "a RUN: inline, export, heredoc, a secret, the exec form; each is a shell of its own",
        files: &[(
            "Dockerfile",
            "# syntax=docker/dockerfile:1
FROM golang:1.24
RUN GOPROXY=https://inline go build
RUN export GOPROXY=https://export && \\
    # why
    go build
RUN go vet
RUN <<EOF
export GOPROXY=https://heredoc
go build
EOF
RUN --mount=type=secret,id=p,env=GOPROXY go build
RUN [\"env\", \"GOPROXY=https://exec\", \"go\", \"build\"]
RUN [\"go\", \"build\"]
SHELL [\"/bin/bash\", \"-c\"]
RUN GOPROXY=https://bash go build
RUN go env -w GOPROXY=https://file
RUN go build
",
        )],
        sees: &[
            "Dockerfile:3 https://inline <- Dockerfile:3 inline",
            "Dockerfile:4 https://export <- Dockerfile:4 export",
            "Dockerfile:7 default",
            "Dockerfile:8 https://heredoc <- Dockerfile:9 export",
            "Dockerfile:12 ?a secret of the build <- Dockerfile:12 secret mount",
            "Dockerfile:13 https://exec <- Dockerfile:13 env",
            "Dockerfile:14 default",
            "Dockerfile:16 https://bash <- Dockerfile:16 inline",
            "Dockerfile:17 default",
            "Dockerfile:18 https://file <- Dockerfile:17 go env -w",
        ],
    },
    Row {
        shows: "a target decides which stages are built, build arguments reach each that declares them",
        files: &[
            (
                "build.sh",
                "#!/bin/sh\ndocker build --target a --build-arg GOPROXY=https://flag .\n",
            ),
            (
                "Dockerfile",
                "ARG GOPROXY
FROM golang:1.24 AS z
RUN go mod download
FROM golang:1.24 AS a
ARG GOPROXY=https://default
RUN go build
FROM golang:1.24 AS b
RUN go build
",
            ),
        ],
        sees: &[
            "Dockerfile:8 default",
            "Dockerfile:3 default",
            "Dockerfile:6 https://flag <- build.sh:2 --build-arg",
        ],
    },
    Row {
        shows: "an image of somebody else's is taken to set nothing",
        files: &[(
            "Dockerfile",
            "ARG BASE=acme/go:1
FROM ${BASE}
RUN go build
FROM scratch
",
        )],
        sees: &["Dockerfile:3 default"],
    },
];

#[test]
fn every_way_reaches_the_command() {
    check(TABLE);
}
