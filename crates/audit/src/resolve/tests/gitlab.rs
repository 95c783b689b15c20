//! GitLab CI.

use super::{Row, check};

const CI: &str = ".gitlab-ci.yml";

const TABLE: &[Row] = &[
    Row {
        shows: "the job wins over the pipeline; inline and export over both",
        files: &[(
            CI,
            "variables:
  GOPROXY: https://global
a:
  script: [go build]
b:
  variables:
    GOPROXY: https://job
  script:
    - go build
    - export GOPROXY=https://export
    - go vet
    - GOPROXY=https://inline go test
c:
  variables:
    GOPROXY: {value: https://map, description: why}
  script: go build
",
        )],
        sees: &[
            ".gitlab-ci.yml:4 https://global <- .gitlab-ci.yml:2 variables",
            ".gitlab-ci.yml:9 https://job <- .gitlab-ci.yml:7 variables",
            ".gitlab-ci.yml:11 https://export <- .gitlab-ci.yml:10 export",
            ".gitlab-ci.yml:12 https://inline <- .gitlab-ci.yml:12 inline",
            ".gitlab-ci.yml:16 https://map <- .gitlab-ci.yml:15 variables",
        ],
    },
    Row {
        shows: "before_script and script are one shell, after_script is another",
        files: &[(
            CI,
            "default:
  before_script:
    - export GOPROXY=https://default
a:
  script: [go build]
  after_script: [go clean -modcache && go mod download]
b:
  before_script:
    - export GOPROXY=https://own
  script: [go build]
c:
  before_script: []
  script: [go build]
d:
  before_script:
    - !reference [default, before_script]
    - go mod download
  script: [go build]
",
        )],
        sees: &[
            ".gitlab-ci.yml:5 https://default <- .gitlab-ci.yml:3 export",
            ".gitlab-ci.yml:6 default",
            ".gitlab-ci.yml:6 default",
            ".gitlab-ci.yml:10 https://own <- .gitlab-ci.yml:9 export",
            ".gitlab-ci.yml:13 default",
            ".gitlab-ci.yml:17 https://default <- .gitlab-ci.yml:3 export",
            ".gitlab-ci.yml:18 https://default <- .gitlab-ci.yml:3 export",
        ],
    },
    Row {
        shows: "extends merges variables and replaces scripts; hidden jobs do not run",
        files: &[(
            CI,
            ".base:
  variables:
    GOPROXY: https://base
    GOSUMDB: 'off'
  before_script:
    - export GOPROXY=https://script
.more:
  extends: .base
  variables:
    GOPROXY: https://more
  before_script: [true]
a:
  extends: .base
  script: [go build]
b:
  extends: [.base, .more]
  script: [go build]
c:
  extends: .more
  variables: {GOSUMDB: sum.golang.org}
  script: [go build]
",
        )],
        sees: &[
            ".gitlab-ci.yml:14 https://script <- .gitlab-ci.yml:6 export",
            ".gitlab-ci.yml:17 https://more <- .gitlab-ci.yml:10 variables",
            ".gitlab-ci.yml:21 https://more <- .gitlab-ci.yml:10 variables",
        ],
    },
    Row {
        shows: "anchors, merge keys and !reference",
        files: &[(
            CI,
            ".vars: &vars
  GOPROXY: https://anchor
.setup:
  variables: {GOPROXY: https://referenced}
  script:
    - export GOPROXY=https://setup
a:
  variables: *vars
  script: [go build]
b:
  variables:
    <<: *vars
    X: y
  script: [go build]
c:
  variables: !reference [.setup, variables]
  script: [go build]
d:
  script:
    - !reference [.setup, script]
    - go build
e:
  variables:
    GOPROXY: !reference [.setup, variables, GOPROXY]
  script: [go build]
",
        )],
        sees: &[
            ".gitlab-ci.yml:9 https://anchor <- .gitlab-ci.yml:2 variables",
            ".gitlab-ci.yml:14 https://anchor <- .gitlab-ci.yml:2 variables",
            ".gitlab-ci.yml:17 https://referenced <- .gitlab-ci.yml:4 variables",
            ".gitlab-ci.yml:21 https://setup <- .gitlab-ci.yml:6 export",
            ".gitlab-ci.yml:25 https://referenced <- .gitlab-ci.yml:4 variables",
        ],
    },
    Row {
        shows: "inherit keeps or drops variables and defaults",
        files: &[(
            CI,
            "variables: {GOPROXY: https://global, GOSUMDB: 'off'}
default:
  before_script: [export GOPROXY=https://default]
a:
  inherit: {variables: false, default: false}
  script: [go build]
b:
  inherit: {variables: [GOSUMDB], default: false}
  script: [go build]
c:
  inherit: {variables: [GOPROXY], default: false}
  script: [go build]
d:
  inherit: {default: [before_script], variables: false}
  script: [go build]
",
        )],
        sees: &[
            ".gitlab-ci.yml:6 default",
            ".gitlab-ci.yml:9 default",
            ".gitlab-ci.yml:12 https://global <- .gitlab-ci.yml:1 variables",
            ".gitlab-ci.yml:15 https://default <- .gitlab-ci.yml:3 export",
        ],
    },
    Row {
        shows: "rules:variables may hold; workflow:rules:variables too",
        files: &[(
            CI,
            "workflow:
  rules:
    - if: $X
      variables: {GOPROXY: https://workflow}
    - when: always
a:
  variables: {GOPROXY: https://job}
  rules:
    - if: $CI_COMMIT_TAG
      variables: {GOPROXY: https://rule}
    - when: always
  script: [go build]
b:
  script: [go build]
",
        )],
        sees: &[
            ".gitlab-ci.yml:12 ?https://rule (only under a condition) <- .gitlab-ci.yml:10 rules:variables",
            ".gitlab-ci.yml:14 ?https://workflow (only under a condition) <- .gitlab-ci.yml:4 rules:variables",
        ],
    },
    Row {
        shows: "local includes are merged, what includes wins; others are lost",
        files: &[
            (
                CI,
                "include:
  - local: /ci/go.yml
  - project: acme/ci
    file: go.yml
variables: {GOPROXY: https://including}
a:
  extends: .go
  script: [go build]
from_include:
  variables: {GOPROXY: https://override}
",
            ),
            (
                "ci/go.yml",
                "variables: {GOPROXY: https://included, GOSUMDB: 'off'}
.go:
  before_script: [go env -w GOPROXY=https://file]
from_include:
  script: [go build]
other:
  script:
    - unset GOPROXY
    - go build
",
            ),
        ],
        sees: &[
            "ci/go.yml:5 https://override <- .gitlab-ci.yml:10 variables",
            "ci/go.yml:9 default",
            "ci/go.yml:3 https://including <- .gitlab-ci.yml:5 variables",
            ".gitlab-ci.yml:8 https://including <- .gitlab-ci.yml:5 variables",
            "- .gitlab-ci.yml:3 project `acme/ci` is included from elsewhere and not read",
        ],
    },
    Row {
        shows: "references see the variables of the job, matrices too",
        files: &[(
            CI,
            "variables:
  HOST: https://host
  GOPROXY: $HOST/go
a:
  script: [go build]
b:
  parallel:
    matrix:
      - HOST: [https://one, https://two]
  script: [go build]
c:
  parallel:
    matrix:
      - GOPROXY: https://leg
  script: [go build]
d:
  variables: {GOPROXY: $$HOST}
  script: [go build]
e:
  variables: {HOST: https://job}
  script: [go build]
f:
  inherit: {variables: [HOST]}
  variables: {HOST: https://job}
  script: [go build]
",
        )],
        sees: &[
            ".gitlab-ci.yml:5 https://host/go <- .gitlab-ci.yml:3 variables",
            ".gitlab-ci.yml:10 ?$HOST of the matrix (https://one | https://two)/go <- .gitlab-ci.yml:3 variables",
            ".gitlab-ci.yml:15 https://leg <- .gitlab-ci.yml:14 parallel:matrix",
            ".gitlab-ci.yml:18 $HOST <- .gitlab-ci.yml:17 variables",
            ".gitlab-ci.yml:21 https://job/go <- .gitlab-ci.yml:3 variables",
            ".gitlab-ci.yml:25 default",
        ],
    },
    Row {
        shows: "a dotenv report makes the value of those who get it unknown",
        files: &[(
            CI,
            "variables: {GOPROXY: https://global}
producer:
  script: [echo GOPROXY=https://dotenv > build.env]
  artifacts: {reports: {dotenv: build.env}}
consumer:
  needs: [producer]
  script: [go build]
other:
  needs: []
  script: [go build]
",
        )],
        sees: &[
            ".gitlab-ci.yml:7 ?the dotenv report of producer (only under a condition) <- .gitlab-ci.yml:3 dotenv",
            ".gitlab-ci.yml:10 https://global <- .gitlab-ci.yml:1 variables",
        ],
    },
    Row {
        shows: "scripts, makefiles and image builds are followed",
        files: &[
            (
                CI,
                "image: golang:1.24
variables: {GOPROXY: https://global}
a:
  script:
    - ./ci/build.sh
    - make -C app test
    - docker build --build-arg GOPROXY app
    - docker build app
",
            ),
            ("ci/build.sh", "#!/bin/sh\ncd app\ngo build\n"),
            ("app/Makefile", "GOPROXY = https://make\ntest:\n\tgo test\n"),
            (
                "app/Dockerfile",
                "FROM golang:1.24\nARG GOPROXY=https://arg\nRUN go build\n",
            ),
        ],
        sees: &[
            "ci/build.sh:3 https://global <- .gitlab-ci.yml:2 variables",
            "app/Makefile:3 https://make <- app/Makefile:1 make variable",
            "app/Dockerfile:3 https://global <- .gitlab-ci.yml:7 --build-arg",
            "app/Dockerfile:3 https://arg <- app/Dockerfile:2 default of ARG",
        ],
    },
    Row {
        shows: "a child pipeline gets the variables of its trigger",
        files: &[
            (
                CI,
                "variables: {GOPROXY: https://global}
child:
  variables: {GOPROXY: https://trigger}
  trigger: {include: ci/child.yml}
",
            ),
            ("ci/child.yml", "a:\n  script: [go build]\n"),
        ],
        sees: &["ci/child.yml:2 https://trigger <- .gitlab-ci.yml:3 variables"],
    },
];

#[test]
fn every_way_reaches_the_command() {
    check(TABLE);
}
