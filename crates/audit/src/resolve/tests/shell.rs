//! Shell scripts.

use super::{Row, check};

const TABLE: &[Row] = &[
    Row {
        shows: "assignments, exports, inline",
        files: &[(
            "a.sh",
            "#!/bin/sh
GOPROXY=https://local
go build
export GOPROXY
go build
GOPROXY=https://again
go build
GOPROXY=https://inline go build
unset GOPROXY
go build
declare -x GOPROXY=https://declared
go build
export GOPROXY='https://quoted' OTHER=1
go build
env GOPROXY=https://env go build
go build
",
        )],
        sees: &[
            "a.sh:3 default",
            "a.sh:5 https://local <- a.sh:2 assignment",
            "a.sh:7 https://again <- a.sh:6 assignment",
            "a.sh:8 https://inline <- a.sh:8 inline",
            "a.sh:10 default",
            "a.sh:12 https://declared <- a.sh:11 export",
            "a.sh:14 https://quoted <- a.sh:13 export",
            "a.sh:15 https://env <- a.sh:15 env",
            "a.sh:16 https://quoted <- a.sh:13 export",
        ],
    },
    Row {
        shows: "subshells, braces, functions, pipes, shells in shells",
        files: &[(
            "a.sh",
            "#!/bin/bash
export GOPROXY=https://outer
(export GOPROXY=https://sub; go build)
go build
{ export GOPROXY=https://brace; }
go build
setup() {
  export GOPROXY=https://function
}
setup
go build
export GOPROXY=https://piped | cat
go vet
bash -c 'GOPROXY=https://inner go build'
sh -ec \"go build\"
",
        )],
        sees: &[
            "a.sh:3 https://sub <- a.sh:3 export",
            "a.sh:4 https://outer <- a.sh:2 export",
            "a.sh:6 https://brace <- a.sh:5 export",
            "a.sh:11 https://function <- a.sh:8 export",
            "a.sh:13 https://function <- a.sh:8 export",
            "a.sh:14 https://inner <- a.sh:14 inline",
            "a.sh:15 https://function <- a.sh:8 export",
        ],
    },
    Row {
        shows: "conditions: known only when all ways agree",
        files: &[(
            "a.sh",
            "#!/bin/sh
if [ -n \"$CI\" ]; then
  export GOPROXY=https://ci
  go build
else
  export GOPROXY=https://local
fi
go build
case $X in
  a) export GOPROXY=https://same ;;
  *) export GOPROXY=https://same ;;
esac
go build
test -n \"$X\" && export GOPROXY=https://perhaps
go build
for i in 1 2; do export GOPROXY=https://loop; go build; done
go build
",
        )],
        sees: &[
            "a.sh:4 https://ci <- a.sh:3 export",
            "a.sh:8 ?https://local (only under a condition) <- a.sh:6 export",
            "a.sh:13 https://same <- a.sh:10 export",
            "a.sh:15 ?https://same (only under a condition) <- a.sh:10 export",
            "a.sh:16 https://loop <- a.sh:16 export",
            "a.sh:17 https://loop <- a.sh:16 export",
        ],
    },
    Row {
        shows: "defaults of parameters",
        files: &[(
            "a.sh",
            "#!/bin/sh
: \"${GOPROXY:=https://assigned}\"
go build
export GOPROXY=\"${GOPROXY:-https://default}\"
go build
export GOPROXY=https://known
export GOPROXY=${GOPROXY:-https://unused}
go build
[ -n \"$GOPROXY\" ] || export GOPROXY=https://unused
go build
export GOPROXY=${GOPROXY},direct
go build
export GOPROXY=$(cat proxy)
go build
",
        )],
        sees: &[
            "a.sh:3 default",
            "a.sh:5 https://assigned <- a.sh:4 export",
            "a.sh:8 https://known <- a.sh:7 export",
            "a.sh:10 https://known <- a.sh:7 export",
            "a.sh:12 https://known,direct <- a.sh:11 export",
            "a.sh:14 ?$(cat proxy) <- a.sh:13 export",
        ],
    },
    Row {
        shows: "other files: sourced, run, under set -a, not there",
        files: &[
            (
                "a.sh",
                "#!/bin/sh
. ./lib/env.sh
go build
./lib/run.sh
go vet
set -a
. ./.env
set +a
go build
. ./missing.sh
go build
",
            ),
            ("lib/env.sh", "export GOPROXY=https://sourced\n"),
            (
                "lib/run.sh",
                "#!/bin/sh\nexport GOPROXY=https://run\ngo build\n",
            ),
            (".env", "GOPROXY=https://dotenv\n"),
        ],
        sees: &[
            "a.sh:3 https://sourced <- lib/env.sh:1 export",
            "lib/run.sh:3 https://run <- lib/run.sh:2 export",
            "a.sh:5 https://sourced <- lib/env.sh:1 export",
            "a.sh:9 https://dotenv <- .env:1 env file",
            "a.sh:11 https://dotenv <- .env:1 env file",
            "- a.sh:10 `missing.sh` is no shell script of this repository",
        ],
    },
    Row {
        shows: "sudo and env",
        files: &[
            (
                "a.sh",
                "#!/bin/sh
export GOPROXY=https://outer
sudo go build
sudo -E go build
sudo --preserve-env=GOPROXY go build
sudo GOPROXY=\"$GOPROXY\" go build
env -i go build
env -i GOPROXY=\"$GOPROXY\" go build
env -u GOPROXY go build
sudo make
",
            ),
            ("Makefile", "all:\n\tgo build\n"),
        ],
        sees: &[
            "Makefile:2 default",
            "a.sh:3 default",
            "a.sh:4 https://outer <- a.sh:2 export",
            "a.sh:5 https://outer <- a.sh:5 sudo --preserve-env",
            "a.sh:6 https://outer <- a.sh:6 sudo",
            "a.sh:7 default",
            "a.sh:8 https://outer <- a.sh:8 env",
            "a.sh:9 default",
            "Makefile:2 default",
        ],
    },
    Row {
        shows: "go env -w and -u, GOENV=off",
        files: &[(
            "a.sh",
            "#!/bin/sh
go env -w GOPROXY=https://file
go build
GOPROXY=https://inline go build
go env -u GOPROXY
go build
go env -w GOPROXY=https://file
GOENV=off go build
",
        )],
        sees: &[
            "a.sh:2 default",
            "a.sh:3 https://file <- a.sh:2 go env -w",
            "a.sh:4 https://inline <- a.sh:4 inline",
            "a.sh:5 https://file <- a.sh:2 go env -w",
            "a.sh:6 default",
            "a.sh:7 default",
            "a.sh:8 default",
        ],
    },
    Row {
        shows: "wrappers in front of go",
        files: &[(
            "a.sh",
            "#!/bin/sh
export GOPROXY=https://outer
time go build
timeout 5 go build
nice -n 5 /usr/local/go/bin/go build
find . -name go.mod | xargs -n1 go mod download
command go build
exec go build
",
        )],
        sees: &[
            "a.sh:3 https://outer <- a.sh:2 export",
            "a.sh:4 https://outer <- a.sh:2 export",
            "a.sh:5 https://outer <- a.sh:2 export",
            "a.sh:6 https://outer <- a.sh:2 export",
            "a.sh:7 https://outer <- a.sh:2 export",
            "a.sh:8 https://outer <- a.sh:2 export",
        ],
    },
    Row {
        shows: "values that double end",
        files: &[(
            "a.sh",
            "#!/bin/sh
A=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
B=$A$A$A$A$A$A$A$A$A$A$A$A$A$A$A$A
C=$B$B$B$B$B$B$B$B$B$B$B$B$B$B$B$B
D=$C$C$C$C$C$C$C$C$C$C$C$C$C$C$C$C
export GOPROXY=$D
go build
",
        )],
        sees: &[
            "a.sh:7 ?aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa… (too long for an environment) \
             <- a.sh:6 export",
        ],
    },
    Row {
        shows: "what only the run can say is lost",
        files: &[(
            "a.sh",
            "#!/bin/sh
export GOPROXY=https://known
go build
eval \"$X\"
go build
",
        )],
        sees: &[
            "a.sh:3 https://known <- a.sh:2 export",
            "a.sh:5 https://known <- a.sh:2 export",
            "- a.sh:4 eval runs a text that no file says",
        ],
    },
];

#[test]
fn every_way_reaches_the_command() {
    check(TABLE);
}
