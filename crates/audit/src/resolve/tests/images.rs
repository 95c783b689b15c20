//! compose and bake.

use super::{Row, check};

const DOCKERFILE: (&str, &str) = (
    "Dockerfile",
    "FROM golang:1.24 AS build\nARG GOPROXY\nRUN go build\n",
);

const TABLE: &[Row] = &[
    Row {
        shows: "args as a map and as a list; environment does not reach the build",
        files: &[
            (
                "compose.yaml",
                "services:
  map:
    build:
      context: .
      args:
        GOPROXY: https://map
  list:
    build:
      context: .
      args:
        - GOPROXY=https://list
  none:
    build: .
    environment:
      GOPROXY: https://runtime
",
            ),
            DOCKERFILE,
        ],
        sees: &[
            "Dockerfile:3 https://map <- compose.yaml:6 build.args",
            "Dockerfile:3 https://list <- compose.yaml:11 build.args",
            "Dockerfile:3 default",
        ],
    },
    Row {
        shows: ".env is for interpolation; a null argument is the caller's",
        files: &[
            (
                "compose.yaml",
                "services:
  interpolated:
    build:
      context: .
      args:
        GOPROXY: ${PROXY}/go
  fallback:
    build:
      context: .
      args:
        GOPROXY: ${NONE:-https://fallback}
  null:
    build:
      context: .
      args:
        - GOPROXY
",
            ),
            (".env", "PROXY=https://dotenv\nGOPROXY=https://own\n"),
            DOCKERFILE,
        ],
        sees: &[
            "Dockerfile:3 https://dotenv/go <- compose.yaml:6 build.args",
            "Dockerfile:3 https://fallback <- compose.yaml:11 build.args",
            "Dockerfile:3 https://own <- compose.yaml:16 build.args",
        ],
    },
    Row {
        shows: "a script exports what compose passes on; only what is named is built",
        files: &[
            (
                "up.sh",
                "#!/bin/sh\nexport GOPROXY=https://export\ndocker compose build app\n",
            ),
            (
                "compose.yaml",
                "services:
  app:
    build:
      context: .
      args: [GOPROXY]
  other:
    image: postgres
",
            ),
            DOCKERFILE,
        ],
        sees: &["Dockerfile:3 https://export <- compose.yaml:5 build.args"],
    },
    Row {
        shows: "a command of a service sees env_file, and environment over it",
        files: &[
            (
                "compose.yaml",
                "services:
  test:
    image: golang:1.24
    command: go test ./...
    env_file: dev.env
  both:
    image: golang:1.24
    command: [go, test, ./...]
    env_file: [dev.env]
    environment:
      - GOPROXY=https://environment
",
            ),
            ("dev.env", "GOPROXY=https://envfile\n"),
        ],
        sees: &[
            "compose.yaml:4 https://envfile <- dev.env:1 env file",
            "compose.yaml:8 https://environment <- compose.yaml:11 environment",
        ],
    },
    Row {
        shows: "bake: variables, args, inherits",
        files: &[
            (
                "docker-bake.hcl",
                "variable \"PROXY\" { default = \"https://variable\" }
target \"base\" {
  args = { GOPROXY = \"${PROXY}/go\" }
}
target \"a\" {
  inherits = [\"base\"]
  context = \".\"
}
target \"b\" {
  inherits = [\"base\"]
  args = { GOPROXY = \"https://own\" }
}
target \"c\" {
  context = \".\"
}
",
            ),
            DOCKERFILE,
        ],
        sees: &[
            "Dockerfile:3 https://variable/go <- docker-bake.hcl:3 args",
            "Dockerfile:3 https://variable/go <- docker-bake.hcl:3 args",
            "Dockerfile:3 https://own <- docker-bake.hcl:11 args",
            "Dockerfile:3 default",
        ],
    },
    Row {
        shows: "bake in JSON: the environment beats the default of a variable, --set beats all",
        files: &[
            (
                "docker-bake.json",
                "{\"variable\": {\"PROXY\": {\"default\": \"https://default\"}},
 \"target\": {\"app\": {\"args\": {\"GOPROXY\": \"${PROXY}\"}}}}
",
            ),
            (
                "a.sh",
                "#!/bin/sh
docker buildx bake app
export PROXY=https://env
docker buildx bake app
docker buildx bake --set app.args.GOPROXY=https://set app
",
            ),
            DOCKERFILE,
        ],
        sees: &[
            "Dockerfile:3 https://default <- docker-bake.json:2 args",
            "Dockerfile:3 https://env <- docker-bake.json:2 args",
            "Dockerfile:3 https://set <- a.sh:5 --set",
        ],
    },
];

#[test]
fn every_way_reaches_the_command() {
    check(TABLE);
}
