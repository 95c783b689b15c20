//! Each dialect with each of its ways to set a variable, as the inventory and the traces of the real binary
//! show it.

use std::time::Duration;

use testkit::deadline;

use super::archive::neutral;
use super::place::Place;

/// So that a test ends.
const WITHIN: Duration = Duration::from_mins(5);

/// A repository, and what its commands see.
struct Dialect {
    files: &'static [(&'static str, &'static str)],
    /// `PATH:LINE VALUE <- PATH:LINE` of GOPROXY at each command: its place, its value, and where that is written.
    sees: &'static [&'static str],
}

const GITHUB: Dialect = Dialect {
    files: &[
        (
            ".github/workflows/ci.yml",
            "on: push
env:
  GOPROXY: https://workflow.example
jobs:
  plain:
    runs-on: ubuntu-latest
    steps:
      - run: go build ./...
      - run: go build ./...
        env:
          GOPROXY: https://step.example
      - run: GOPROXY=https://inline.example go build ./...
      - run: echo GOPROXY=https://later.example >> \"$GITHUB_ENV\"
      - run: go build ./...
      - uses: ./.github/actions/build
        with: {proxy: https://input.example}
  job:
    runs-on: ubuntu-latest
    env:
      GOPROXY: https://job.example
    steps:
      - run: make build
      - run: ./build.sh
        working-directory: scripts
      - run: docker build --build-arg GOPROXY .
  container:
    runs-on: ubuntu-latest
    container:
      image: golang:1.25
      env: {GOSUMDB: 'off'}
    strategy:
      matrix: {proxy: ['https://matrix.example']}
    steps:
      - run: go vet ./...
        env: {GOPROXY: '${{ matrix.proxy }}'}
  called:
    uses: ./.github/workflows/called.yml
    with: {proxy: https://handed.example}
",
        ),
        (
            ".github/workflows/called.yml",
            "on:
  workflow_call:
    inputs:
      proxy: {type: string}
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: go build ./...
      - run: go build ./...
        env:
          GOPROXY: ${{ inputs.proxy }}
",
        ),
        (
            ".github/actions/build/action.yml",
            "name: build
description: builds
inputs:
  proxy: {required: true}
runs:
  using: composite
  steps:
    - shell: bash
      run: go build ./...
      env:
        GOPROXY: ${{ inputs.proxy }}
",
        ),
        (
            "Makefile",
            "export GOPROXY ?= https://make.example\nbuild:\n\tgo build ./...\n",
        ),
        ("scripts/build.sh", "#!/bin/sh\ngo build ./...\n"),
        (
            "Dockerfile",
            "FROM golang:1.25\nARG GOPROXY\nRUN go build ./...\n",
        ),
    ],
    sees: &[
        ".github/actions/build/action.yml:9 https://input.example <- .github/actions/build/action.yml:11",
        ".github/workflows/called.yml:10 https://handed.example <- .github/workflows/called.yml:12",
        ".github/workflows/called.yml:9 @DEFAULT@,direct <- Go's default",
        ".github/workflows/ci.yml:12 https://inline.example <- .github/workflows/ci.yml:12",
        ".github/workflows/ci.yml:14 https://later.example <- .github/workflows/ci.yml:13",
        ".github/workflows/ci.yml:34 https://matrix.example <- .github/workflows/ci.yml:35",
        ".github/workflows/ci.yml:8 https://workflow.example <- .github/workflows/ci.yml:3",
        ".github/workflows/ci.yml:9 https://step.example <- .github/workflows/ci.yml:11",
        "Dockerfile:3 https://job.example <- .github/workflows/ci.yml:25",
        "Makefile:3 https://job.example <- .github/workflows/ci.yml:20",
        "scripts/build.sh:2 https://job.example <- .github/workflows/ci.yml:20",
    ],
};

const GITLAB: Dialect = Dialect {
    files: &[
        (
            ".gitlab-ci.yml",
            "include:
  - local: ci/base.yml
variables:
  HOST: https://host.example
  GOPROXY: $HOST/go
default:
  before_script:
    - export GOSUMDB=off
plain:
  script: [go build ./...]
own:
  variables: {GOPROXY: https://job.example}
  script: [go build ./...]
  after_script: [go vet ./...]
exported:
  script:
    - export GOPROXY=https://export.example
    - go build ./...
  after_script:
    - go vet ./...
extended:
  extends: .base
  script: [go build ./...]
referenced:
  variables: !reference [.base, variables]
  script: [go build ./...]
kept:
  inherit: {variables: false}
  script: [go build ./...]
legs:
  parallel: {matrix: [{HOST: https://leg.example}]}
  script: [go build ./...]
",
        ),
        (
            "ci/base.yml",
            ".base:
  variables:
    GOPROXY: https://base.example
included:
  script: [go build ./...]
",
        ),
    ],
    sees: &[
        ".gitlab-ci.yml:10 https://host.example/go <- .gitlab-ci.yml:5",
        ".gitlab-ci.yml:13 https://job.example <- .gitlab-ci.yml:12",
        ".gitlab-ci.yml:14 https://job.example <- .gitlab-ci.yml:12",
        ".gitlab-ci.yml:18 https://export.example <- .gitlab-ci.yml:17",
        ".gitlab-ci.yml:20 https://host.example/go <- .gitlab-ci.yml:5",
        ".gitlab-ci.yml:23 https://base.example <- ci/base.yml:3",
        ".gitlab-ci.yml:26 https://base.example <- ci/base.yml:3",
        ".gitlab-ci.yml:29 @DEFAULT@,direct <- Go's default",
        ".gitlab-ci.yml:32 https://leg.example/go <- .gitlab-ci.yml:5",
        "ci/base.yml:5 https://host.example/go <- .gitlab-ci.yml:5",
    ],
};

const JENKINS: Dialect = Dialect {
    files: &[(
        "Jenkinsfile",
        "pipeline {
  agent any
  environment {
    GOPROXY = 'https://pipeline.example'
  }
  stages {
    stage('plain') { steps { sh 'go build ./...' } }
    stage('own') {
      environment { GOPROXY = \"https://stage.example\" }
      steps {
        sh 'go build ./...'
        withEnv(['GOPROXY=https://withenv.example']) { sh 'go build ./...' }
        sh '''
          export GOPROXY=https://export.example
          go build ./...
        '''
        sh 'GOPROXY=https://inline.example go build ./...'
      }
    }
  }
}
",
    )],
    sees: &[
        "Jenkinsfile:11 https://stage.example <- Jenkinsfile:9",
        "Jenkinsfile:12 https://withenv.example <- Jenkinsfile:12",
        "Jenkinsfile:15 https://export.example <- Jenkinsfile:14",
        "Jenkinsfile:17 https://inline.example <- Jenkinsfile:17",
        "Jenkinsfile:7 https://pipeline.example <- Jenkinsfile:4",
    ],
};

const DOCKERFILE: Dialect = Dialect {
    files: &[(
        "Dockerfile",
        "ARG GOPROXY=https://global.example
FROM golang:1.25 AS none
RUN go mod download
FROM golang:1.25 AS redeclared
ARG GOPROXY
RUN go mod download
FROM redeclared AS child
RUN go mod download
FROM golang:1.25 AS env
ENV GOPROXY=https://env.example
ARG GOPROXY=https://weaker.example
RUN go mod download
RUN GOPROXY=https://inline.example go mod download
RUN <<EOF
export GOPROXY=https://heredoc.example
go mod download
EOF
FROM golang:1.25 AS written
RUN go env -w GOPROXY=https://file.example
RUN go mod download
",
    )],
    sees: &[
        "Dockerfile:12 https://env.example <- Dockerfile:10",
        "Dockerfile:13 https://inline.example <- Dockerfile:13",
        "Dockerfile:14 https://heredoc.example <- Dockerfile:15",
        "Dockerfile:19 @DEFAULT@,direct <- Go's default",
        "Dockerfile:20 https://file.example <- Dockerfile:19",
        "Dockerfile:3 @DEFAULT@,direct <- Go's default",
        "Dockerfile:6 https://global.example <- Dockerfile:1",
        "Dockerfile:8 https://global.example <- Dockerfile:1",
    ],
};

const IMAGES: Dialect = Dialect {
    files: &[
        (
            "compose.yaml",
            "services:
  map: {build: {context: map, args: {GOPROXY: https://map.example}}}
  list:
    build:
      context: list
      args:
        - GOPROXY=${PROXY}
  run:
    image: golang:1.25
    command: go test ./...
    environment:
      GOPROXY: https://environment.example
",
        ),
        (".env", "PROXY=https://dotenv.example\n"),
        (
            "map/Dockerfile",
            "FROM golang:1.25\nARG GOPROXY\nRUN go build ./...\n",
        ),
        (
            "list/Dockerfile",
            "FROM golang:1.25\nARG GOPROXY\nRUN go build ./...\n",
        ),
        (
            "docker-bake.hcl",
            "variable \"PROXY\" {
  default = \"https://variable.example\"
}
target \"base\" {
  context = \"bake\"
  args = {
    GOPROXY = PROXY
  }
}
",
        ),
        (
            "bake/Dockerfile",
            "FROM golang:1.25\nARG GOPROXY\nRUN go build ./...\n",
        ),
    ],
    sees: &[
        "bake/Dockerfile:3 https://variable.example <- docker-bake.hcl:7",
        "compose.yaml:10 https://environment.example <- compose.yaml:12",
        "list/Dockerfile:3 https://dotenv.example <- compose.yaml:7",
        "map/Dockerfile:3 https://map.example <- compose.yaml:2",
    ],
};

const MAKE: Dialect = Dialect {
    files: &[
        (
            "Makefile",
            "include proxy.mk
all: tools
\tgo build ./...
\tGOPROXY=https://inline.example go build ./...
tools: export GOPROXY = https://target.example
tools:
\tgo install ./...
",
        ),
        (
            "proxy.mk",
            "export GOPROXY = $(HOST)/go\nHOST := https://host.example\n",
        ),
        (
            "plain/Makefile",
            "GOPROXY = https://unexported.example\nall:\n\tgo build ./...\n",
        ),
        (
            "soft/Makefile",
            "export GOPROXY ?= https://soft.example\nall:\n\tgo build ./...\n",
        ),
        (
            "all/Makefile",
            ".EXPORT_ALL_VARIABLES:\nGOPROXY := https://all.example\nall:\n\tgo build ./...\n",
        ),
    ],
    sees: &[
        "Makefile:3 https://host.example/go <- proxy.mk:1",
        "Makefile:4 https://inline.example <- Makefile:4",
        "Makefile:7 https://target.example <- Makefile:5",
        "all/Makefile:4 https://all.example <- all/Makefile:2",
        "plain/Makefile:3 @DEFAULT@,direct <- Go's default",
        "soft/Makefile:3 https://soft.example <- soft/Makefile:1",
    ],
};

const SHELL: Dialect = Dialect {
    files: &[
        (
            "build.sh",
            "#!/bin/sh
export GOPROXY=https://export.example
go build ./...
GOPROXY=https://inline.example go build ./...
env GOPROXY=https://env.example go build ./...
(export GOPROXY=https://subshell.example; go build ./...)
sudo go build ./...
sudo GOPROXY=\"$GOPROXY\" go build ./...
env -i PATH=\"$PATH\" go build ./...
set -a
. ./go.env.sh
set +a
go build ./...
unset GOPROXY
go env -w GOPROXY=https://file.example
go build ./...
",
        ),
        ("go.env.sh", "GOPROXY=https://sourced.example\n"),
    ],
    sees: &[
        "build.sh:13 https://sourced.example <- go.env.sh:1",
        "build.sh:15 @DEFAULT@,direct <- Go's default",
        "build.sh:16 https://file.example <- build.sh:15",
        "build.sh:3 https://export.example <- build.sh:2",
        "build.sh:4 https://inline.example <- build.sh:4",
        "build.sh:5 https://env.example <- build.sh:5",
        "build.sh:6 https://subshell.example <- build.sh:6",
        "build.sh:7 @DEFAULT@,direct <- Go's default",
        "build.sh:8 https://export.example <- build.sh:8",
        "build.sh:9 @DEFAULT@,direct <- Go's default",
    ],
};

#[test]
fn every_way_of_github_actions_is_seen() {
    check(&GITHUB);
}

#[test]
fn every_way_of_gitlab_is_seen() {
    check(&GITLAB);
}

#[test]
fn every_way_of_jenkins_is_seen() {
    check(&JENKINS);
}

#[test]
fn every_way_of_dockerfiles_is_seen() {
    check(&DOCKERFILE);
}

#[test]
fn every_way_of_compose_and_bake_is_seen() {
    check(&IMAGES);
}

#[test]
fn the_inventory_has_what_builds_of_images_hand_over() {
    deadline(WITHIN, || {
        let place = Place::with(IMAGES.files);
        let inventory = place.audit(&["--inventory", "--format", "json"]).json();
        let sites = inventory["sites"].as_array().unwrap().iter();
        let builds = sites.filter(|site| !site["command"].as_str().unwrap().starts_with("go "));
        let mut handed: Vec<String> = builds
            .map(|site| {
                let path = site["path"].as_str().unwrap();
                let value = &site["variables"]["GOPROXY"];
                format!("{path}:{} {}", site["line"], value.as_str().unwrap_or("-"))
            })
            .collect();
        handed.sort();
        assert_eq!(
            handed,
            [
                "compose.yaml:2 https://map.example",
                "compose.yaml:5 https://dotenv.example",
                "docker-bake.hcl:4 https://variable.example",
            ]
        );
    });
}

#[test]
fn every_way_of_makefiles_is_seen() {
    check(&MAKE);
}

#[test]
fn every_way_of_scripts_is_seen() {
    check(&SHELL);
}

fn check(dialect: &'static Dialect) {
    deadline(WITHIN, || {
        let place = Place::with(dialect.files);
        let inventory = place.audit(&["--inventory", "--format", "json"]).json();
        let mut seen: Vec<String> = Vec::new();
        let mut listed: Vec<String> = Vec::new();
        for site in inventory["sites"].as_array().unwrap() {
            // What builds an image sees nothing of it; see the test of what is handed over.
            if !site["command"].as_str().unwrap().starts_with("go ") {
                continue;
            }
            let at = format!("{}:{}", site["path"].as_str().unwrap(), site["line"]);
            let value = site["variables"]["GOPROXY"].as_str().unwrap();
            listed.push(format!("{at} {}", neutral(value)));
            seen.extend(traced(&place, &at));
        }
        seen.sort();
        seen.dedup();
        listed.sort();
        listed.dedup();
        assert_eq!(seen, dialect.sees, "{seen:#?}");
        let values = seen.iter().map(|line| line.split(" <- ").next().unwrap());
        let mut values: Vec<&str> = values.collect();
        values.dedup();
        assert_eq!(values, listed);
    });
}

/// What the commands at a line see, and where that is written.
fn traced(place: &Place, at: &str) -> Vec<String> {
    let trace = place.audit(&["--trace", at, "--format", "json"]).json();
    let sites = trace["sites"].as_array().unwrap().iter();
    let lines = sites.map(|site| {
        let variables = site["variables"].as_array().unwrap();
        let variable = variables.iter().find(|one| one["name"] == "GOPROXY");
        let variable = variable.unwrap();
        let candidates = variable["candidates"].as_array().unwrap().iter();
        let used = candidates.filter(|one| one["result"] == "used");
        let places: Vec<String> = used
            .map(|one| match one["path"].as_str() {
                Some(path) => format!("{path}:{}", one["line"]),
                None => one["how"].as_str().unwrap().to_owned(),
            })
            .collect();
        let value = neutral(variable["value"].as_str().unwrap());
        format!("{at} {value} <- {}", places.join(" "))
    });
    lines.collect()
}
