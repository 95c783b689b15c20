//! Makefiles.

use super::{Row, check};

const TABLE: &[Row] = &[
    Row {
        shows: "exported variables, each flavour",
        files: &[
            (
                "a/Makefile",
                "export GOPROXY = https://recursive\nall:\n\tgo build\n",
            ),
            (
                "b/Makefile",
                "GOPROXY := https://simple\nexport GOPROXY\nall:\n\tgo build\n",
            ),
            (
                "c/Makefile",
                "export GOPROXY ?= https://default\nall:\n\tgo build\n",
            ),
            (
                "d/Makefile",
                "GOPROXY ::= https://posix\n.EXPORT_ALL_VARIABLES:\nall:\n\tgo build\n",
            ),
            (
                "e/Makefile",
                "export GOPROXY = https://a\nGOPROXY += https://b\nall:\n\tgo build\n",
            ),
            ("f/Makefile", "export GOPROXY != echo x\nall:\n\tgo build\n"),
            (
                "g/Makefile",
                "export GOPROXY = x\nunexport GOPROXY\nall:\n\tgo build\n",
            ),
            (
                "h/Makefile",
                "HOST = https://first\nexport GOPROXY = $(HOST)/go\nHOST = https://last\nall:\n\tgo build\n",
            ),
            (
                "i/Makefile",
                "HOST = https://first\nexport GOPROXY := $(HOST)/go\nHOST = https://last\nall:\n\tgo build\n",
            ),
        ],
        sees: &[
            "a/Makefile:3 https://recursive <- a/Makefile:1 export",
            "b/Makefile:4 https://simple <- b/Makefile:1 export",
            "c/Makefile:3 https://default <- c/Makefile:1 export",
            "d/Makefile:4 https://posix <- d/Makefile:1 export",
            "e/Makefile:4 https://a https://b <- e/Makefile:2 export",
            "f/Makefile:3 ?the output of `echo x` <- f/Makefile:1 export",
            "g/Makefile:4 default",
            "h/Makefile:5 https://last/go <- h/Makefile:2 export",
            "i/Makefile:5 https://first/go <- i/Makefile:2 export",
        ],
    },
    Row {
        shows: "without export nothing is passed on, unless it came from outside",
        files: &[
            ("Makefile", "GOPROXY = https://make\nall:\n\tgo build\n"),
            (
                "inherit.sh",
                "#!/bin/sh\nGOPROXY=https://outside make\nmake GOPROXY=https://argument\n",
            ),
        ],
        sees: &[
            "Makefile:3 default",
            "Makefile:3 https://make <- Makefile:1 make variable",
            "Makefile:3 https://argument <- inherit.sh:3 make argument",
        ],
    },
    Row {
        shows: "an assignment beats the environment, ?= does not, the command line beats both",
        files: &[
            (
                "Makefile",
                "export GOPROXY = https://make\nall:\n\tgo build\n",
            ),
            (
                "soft.mk",
                "export GOPROXY ?= https://soft\nall:\n\tgo build\n",
            ),
            (
                "build.sh",
                "#!/bin/sh\nexport GOPROXY=https://outside\nmake\nmake -f soft.mk\nmake GOPROXY=https://argument\n",
            ),
        ],
        sees: &[
            "Makefile:3 https://make <- Makefile:1 export",
            "Makefile:3 https://make <- Makefile:1 export",
            "soft.mk:3 https://outside <- build.sh:2 export",
            "Makefile:3 https://argument <- build.sh:5 make argument",
        ],
    },
    Row {
        shows: "variables of targets reach what they need first",
        files: &[(
            "Makefile",
            "build: export GOPROXY = https://target
build: dep
\tgo build
dep:
\tgo mod download
other:
\tgo vet
",
        )],
        sees: &[
            "Makefile:5 https://target <- Makefile:1 make variable",
            "Makefile:3 https://target <- Makefile:1 make variable",
            "Makefile:5 default",
            "Makefile:7 default",
        ],
    },
    Row {
        shows: "a recipe: each line is a shell, references of make and of the shell, prefixes, .ONESHELL",
        files: &[
            (
                "Makefile",
                "P = https://variable
all:
\texport GOPROXY=https://lost
\tgo build
\texport GOPROXY=https://line; go build
\t@GOPROXY=$(P) go build
\t-GOPROXY=$$Q go build
\texport GOPROXY=https://continued; \\
\t  go build
\tGOPROXY=\"$(P),direct\" go build
",
            ),
            (
                "one/Makefile",
                ".ONESHELL:\nall:\n\texport GOPROXY=https://oneshell\n\tgo build\n",
            ),
        ],
        sees: &[
            "Makefile:4 default",
            "Makefile:5 https://line <- Makefile:5 export",
            "Makefile:6 https://variable <- Makefile:6 inline",
            "Makefile:7 ?$Q <- Makefile:7 inline",
            "Makefile:9 https://continued <- Makefile:8 export",
            "Makefile:10 https://variable,direct <- Makefile:10 inline",
            "one/Makefile:4 https://oneshell <- one/Makefile:3 export",
        ],
    },
    Row {
        shows: "includes, conditions, other makefiles, goals",
        files: &[
            (
                "Makefile",
                "include common.mk
-include none.mk
ifdef CI
export GOPROXY = https://ci
endif
all: tools
\tgo build
\t$(MAKE) -C sub
tools:
\t$(MAKE) here
here:
\tgo install x@v1
",
            ),
            ("common.mk", "export GOPROXY = https://common\n"),
            ("sub/Makefile", "all:\n\tgo vet\n"),
        ],
        sees: &[
            "Makefile:12 ?https://common (only under a condition) <- common.mk:1 export",
            "Makefile:7 ?https://common (only under a condition) <- common.mk:1 export",
            "sub/Makefile:2 ?https://common (only under a condition) <- common.mk:1 export",
            "Makefile:12 ?https://common (only under a condition) <- common.mk:1 export",
            "Makefile:12 ?https://common (only under a condition) <- common.mk:1 export",
        ],
    },
    Row {
        shows: "quotes are literal in make",
        files: &[(
            "Makefile",
            "export GOPROXY = \"https://quoted\"\nall:\n\tgo build\n",
        )],
        sees: &["Makefile:3 \"https://quoted\" <- Makefile:1 export"],
    },
];

#[test]
fn every_way_reaches_the_command() {
    check(TABLE);
}
