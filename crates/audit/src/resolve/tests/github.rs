//! GitHub Actions.

use super::{Row, check};

const CI: &str = ".github/workflows/ci.yml";

const TABLE: &[Row] = &[
    Row {
        shows: "the nearest env wins, inline beats all",
        files: &[(
            CI,
            "on: push
env:
  GOPROXY: https://workflow
jobs:
  j:
    runs-on: x
    env:
      GOPROXY: https://job
    steps:
      - run: go build
      - run: go vet
        env:
          GOPROXY: https://step
      - run: GOPROXY=https://inline go test
  k:
    runs-on: x
    steps:
      - run: go build
",
        )],
        sees: &[
            "ci.yml:10 https://job <- ci.yml:8 env",
            "ci.yml:11 https://step <- ci.yml:13 env",
            "ci.yml:14 https://inline <- ci.yml:14 inline",
            "ci.yml:18 https://workflow <- ci.yml:3 env",
        ],
    },
    Row {
        shows: "an export ends with its step; GITHUB_ENV reaches later steps of the job, and a step's env beats it",
        files: &[(
            CI,
            "on: push
jobs:
  j:
    runs-on: x
    env: {GOPROXY: https://job}
    steps:
      - run: |
          export GOPROXY=https://export
          go build
      - run: |
          echo \"GOPROXY=https://later\" >> \"$GITHUB_ENV\"
          go build
      - run: go vet
      - run: go vet
        env: {GOPROXY: https://step}
  k:
    runs-on: x
    steps:
      - run: go build
",
        )],
        sees: &[
            "ci.yml:9 https://export <- ci.yml:8 export",
            "ci.yml:12 https://job <- ci.yml:5 env",
            "ci.yml:13 https://later <- ci.yml:11 $GITHUB_ENV",
            "ci.yml:14 https://step <- ci.yml:15 env",
            "ci.yml:19 default",
        ],
    },
    Row {
        shows: "other forms of GITHUB_ENV: braces, heredoc, several lines, an if on the step",
        files: &[(
            CI,
            "on: push
jobs:
  braces:
    runs-on: x
    steps:
      - run: |
          {
            echo 'GOPROXY=https://braces'
            echo 'GOSUMDB=off'
          } >> $GITHUB_ENV
      - run: go build
  heredoc:
    runs-on: x
    steps:
      - run: |
          cat >> $GITHUB_ENV <<EOF
          GOPROXY=https://heredoc
          EOF
      - run: go build
  lines:
    runs-on: x
    steps:
      - run: |
          echo 'GOPROXY<<END' >> $GITHUB_ENV
          echo https://lines >> $GITHUB_ENV
          echo END >> $GITHUB_ENV
      - run: go build
  perhaps:
    runs-on: x
    steps:
      - if: github.ref == 'x'
        run: echo GOPROXY=https://perhaps >> $GITHUB_ENV
      - run: go build
",
        )],
        sees: &[
            "ci.yml:11 https://braces <- ci.yml:8 $GITHUB_ENV",
            "ci.yml:19 https://heredoc <- ci.yml:17 $GITHUB_ENV",
            "ci.yml:27 https://lines <- ci.yml:25 $GITHUB_ENV",
            "ci.yml:33 ?https://perhaps (only under a condition) <- ci.yml:32 $GITHUB_ENV",
        ],
    },
    Row {
        shows: "an env of a container and of the image; a job wins",
        files: &[(
            CI,
            "on: push
jobs:
  j:
    runs-on: x
    container:
      image: golang:1.24
      env:
        GOPROXY: https://container
    steps:
      - run: go build
  k:
    runs-on: x
    container: {image: golang:1.24, env: {GOPROXY: https://container}}
    env: {GOPROXY: https://job}
    steps:
      - run: go build
",
        )],
        sees: &[
            "ci.yml:10 https://container <- ci.yml:8 container.env",
            "ci.yml:16 https://job <- ci.yml:14 env",
        ],
    },
    Row {
        shows: "expressions: env, fallback, vars, secrets, literals",
        files: &[(
            CI,
            "on: push
env:
  P: https://named
  Q: ${{ env.P }}
jobs:
  j:
    runs-on: x
    steps:
      - run: go build
        env: {GOPROXY: '${{ env.P }},direct'}
      - run: go build
        env: {GOPROXY: \"${{ vars.P }}\"}
      - run: go build
        env: {GOPROXY: \"${{ vars.P || 'https://literal' }}\"}
      - run: go build
        env: {GOPROXY: \"${{ secrets.P }}\"}
      - run: GOPROXY=$P go build
      - run: GOPROXY=${{ env.P }} go build
      - run: GOPROXY=$Q go build
",
        )],
        sees: &[
            "ci.yml:9 https://named,direct <- ci.yml:10 env",
            "ci.yml:11 ?${{ vars.P }} <- ci.yml:12 env",
            "ci.yml:13 ?${{ vars.P }} or https://literal <- ci.yml:14 env",
            "ci.yml:15 ?${{ secrets.P }} <- ci.yml:16 env",
            "ci.yml:17 https://named <- ci.yml:17 inline",
            "ci.yml:18 https://named <- ci.yml:18 inline",
            "ci.yml:19 ?$P <- ci.yml:19 inline",
        ],
    },
    Row {
        shows: "matrices: one value is known, several are not",
        files: &[(
            CI,
            "on: push
jobs:
  one:
    runs-on: x
    strategy:
      matrix: {proxy: [https://one], os: [a, b]}
    env: {GOPROXY: \"${{ matrix.proxy }}\"}
    steps:
      - run: go build
  two:
    runs-on: x
    strategy:
      matrix: {proxy: [https://one, https://two]}
    steps:
      - run: go build
        env: {GOPROXY: \"${{ matrix.proxy }}\"}
",
        )],
        sees: &[
            "ci.yml:9 https://one <- ci.yml:7 env",
            "ci.yml:15 ?${{ matrix.proxy }} (https://one | https://two) <- ci.yml:16 env",
        ],
    },
    Row {
        shows: "a composite action sees the job and its inputs, and reaches later steps by GITHUB_ENV",
        files: &[
            (
                CI,
                "on: push
jobs:
  j:
    runs-on: x
    env: {GOPROXY: https://job}
    steps:
      - uses: ./.github/actions/go
        with: {proxy: https://input}
      - run: go vet
",
            ),
            (
                ".github/actions/go/action.yml",
                "name: go
inputs:
  proxy: {default: https://unused}
runs:
  using: composite
  steps:
    - run: go version && go build
      shell: bash
    - run: go build
      shell: bash
      env: {GOPROXY: '${{ inputs.proxy }}'}
    - run: echo GOPROXY=${{ inputs.proxy }} >> $GITHUB_ENV
      shell: bash
    - run: go test
      shell: bash
",
            ),
        ],
        sees: &[
            ".github/actions/go/action.yml:7 https://job <- ci.yml:5 env",
            ".github/actions/go/action.yml:7 https://job <- ci.yml:5 env",
            ".github/actions/go/action.yml:9 https://input <- .github/actions/go/action.yml:11 env",
            ".github/actions/go/action.yml:14 https://input <- .github/actions/go/action.yml:12 $GITHUB_ENV",
            "ci.yml:9 https://input <- .github/actions/go/action.yml:12 $GITHUB_ENV",
        ],
    },
    Row {
        shows: "a reusable workflow sees inputs, not the environment of its caller",
        files: &[
            (
                CI,
                "on: push
env: {GOPROXY: https://caller}
jobs:
  with:
    uses: ./.github/workflows/go.yml
    with: {proxy: https://input}
  without:
    uses: ./.github/workflows/go.yml
  far:
    uses: acme/ci/.github/workflows/go.yml@v1
",
            ),
            (
                ".github/workflows/go.yml",
                "on:
  workflow_call:
    inputs:
      proxy: {type: string, default: https://default}
jobs:
  j:
    runs-on: x
    steps:
      - run: go build
      - run: go test
        env:
          GOPROXY: ${{ inputs.proxy }}
",
            ),
        ],
        sees: &[
            "go.yml:9 default",
            "go.yml:10 https://input <- go.yml:12 env",
            "go.yml:9 default",
            "go.yml:10 https://default <- go.yml:12 env",
            "- ci.yml:10 the reusable workflow `acme/ci/.github/workflows/go.yml@v1` stands in another repository",
        ],
    },
    Row {
        shows: "scripts and makefiles are found from the working directory",
        files: &[
            (
                CI,
                "on: push
defaults: {run: {working-directory: app}}
jobs:
  j:
    runs-on: x
    env: {GOPROXY: https://job}
    steps:
      - run: ./build.sh
      - run: make test
      - run: ./build.sh
        working-directory: other
      - run: |
          cd ../other
          . ./env.sh
          go vet
",
            ),
            ("app/build.sh", "#!/bin/sh\ngo build\n"),
            (
                "app/Makefile",
                "export GOPROXY := https://make\ntest:\n\tgo test ./...\n",
            ),
            (
                "other/build.sh",
                "#!/bin/sh\nexport GOPROXY=https://script\ngo build\n",
            ),
            ("other/env.sh", "export GOPROXY=https://sourced\n"),
        ],
        sees: &[
            "app/build.sh:2 https://job <- ci.yml:6 env",
            "app/Makefile:3 https://make <- app/Makefile:1 export",
            "other/build.sh:3 https://script <- other/build.sh:2 export",
            "ci.yml:15 https://sourced <- other/env.sh:1 export",
        ],
    },
    Row {
        shows: "go env -w stays for the job, and loses to the environment",
        files: &[(
            CI,
            "on: push
jobs:
  j:
    runs-on: x
    steps:
      - run: go env -w GOPROXY=https://file
      - run: go build
      - run: go build
        env: {GOPROXY: https://step}
      - run: go env -u GOPROXY
      - run: go build
  k:
    runs-on: x
    steps:
      - run: go build
",
        )],
        sees: &[
            "ci.yml:6 default",
            "ci.yml:7 https://file <- ci.yml:6 go env -w",
            "ci.yml:8 https://step <- ci.yml:9 env",
            "ci.yml:10 https://file <- ci.yml:6 go env -w",
            "ci.yml:11 default",
            "ci.yml:15 default",
        ],
    },
    Row {
        shows: "a docker build gets its build arguments only",
        files: &[
            (
                CI,
                "on: push
jobs:
  j:
    runs-on: x
    env: {GOPROXY: https://job}
    steps:
      - run: docker build .
      - run: docker build --build-arg GOPROXY --build-arg X=1 .
      - run: docker build --build-arg GOPROXY=https://flag .
      - uses: docker/build-push-action@v6
        with:
          build-args: |
            X=1
            GOPROXY=https://action
      - run: docker run -e GOPROXY golang:1.24 go build
      - run: docker run golang:1.24 go build
",
            ),
            (
                "Dockerfile",
                "FROM golang:1.24\nARG GOPROXY\nRUN go build\n",
            ),
        ],
        sees: &[
            "Dockerfile:3 default",
            "Dockerfile:3 https://job <- ci.yml:8 --build-arg",
            "Dockerfile:3 https://flag <- ci.yml:9 --build-arg",
            "Dockerfile:3 https://action <- ci.yml:14 build-args",
            "ci.yml:15 https://job <- ci.yml:15 -e",
            "ci.yml:16 default",
        ],
    },
    Row {
        shows: "sudo, env -i, env -u and subshells",
        files: &[(
            CI,
            "on: push
jobs:
  j:
    runs-on: x
    env: {GOPROXY: https://job}
    steps:
      - run: sudo go build
      - run: sudo -E go build
      - run: sudo GOPROXY=https://sudo go build
      - run: env -i PATH=$PATH go build
      - run: env -u GOPROXY go build
      - run: |
          (export GOPROXY=https://sub; go build)
          go vet
",
        )],
        sees: &[
            "ci.yml:7 default",
            "ci.yml:8 https://job <- ci.yml:5 env",
            "ci.yml:9 https://sudo <- ci.yml:9 sudo",
            "ci.yml:10 default",
            "ci.yml:11 default",
            "ci.yml:13 https://sub <- ci.yml:13 export",
            "ci.yml:14 https://job <- ci.yml:5 env",
        ],
    },
];

#[test]
fn every_way_reaches_the_command() {
    check(TABLE);
}
