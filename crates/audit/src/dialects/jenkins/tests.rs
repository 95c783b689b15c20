use proptest::prelude::*;

use super::*;
use crate::dialects::outline;

fn shown(text: &str) -> String {
    let (repository, unit) = outline::read(read, &[("Jenkinsfile", text)]);
    outline::outline(&repository, &unit)
}

fn check(text: &str, expected: &str) {
    let unindented: String = expected
        .lines()
        .skip(1)
        .map(|line| line.strip_prefix("        ").unwrap_or(line).to_owned() + "\n")
        .collect();
    let shown = shown(text);
    assert_eq!(shown.trim_end(), unindented.trim_end(), "{shown}");
}

#[test]
fn every_way_of_setting_a_variable_is_read() {
    let text = r#"#!groovy
@Library('ci') _
pipeline {
  agent { docker { image 'golang:1.24'; args '-e GOFLAGS=-mod=mod -v /x:/x' } }
  environment {
    GOPROXY = 'https://p.example' // why
    GOPRIVATE = "${HOST}/team,${env.OTHER}"
    GOAUTH = credentials('token')
    GOSUMDB = env.DB ?: 'sum.golang.org'
    GONOPROXY = "a" + params.X
  }
  tools { go '1.25' }
  options { timeout(time: 1, unit: 'HOURS') }
  stages {
    stage('build') {
      environment { GOPROXY = 'direct' }
      when { branch 'main' }
      steps {
        withEnv(['GOSUMDB=off', "GOINSECURE=${HOST}"]) {
          sh 'go build ./...'
        }
        script {
          if (env.X) { env.GONOSUMDB = 'late' }
        }
      }
    }
    stage("test") {
      agent { label 'linux' }
      steps {
        withCredentials([string(credentialsId: 'x', variable: 'NETRC')]) {
          sh(label: 'l', script: """
            go test -run "${params.RUN}" ./...
          """)
        }
      }
    }
  }
}
"#;
    check(
        text,
        r#"
        1 pipeline "" Closed starts
          3 pipeline "" image=golang:1.24
            4 -e GOFLAGS=-mod=mod IfUnset
            6 environment GOPROXY=https://p.example <'https://p.example'>
            7 environment GOPRIVATE=$HOST/team,$OTHER <"${HOST}/team,${env.OTHER}">
            8 environment GOAUTH=credentials('token') secret
            9 environment GOSUMDB=${DB:-sum.golang.org} <env.DB ?: 'sum.golang.org'>
            10 environment GONOPROXY=aparams.X <"a" + params.X>
            12 go 1.25 local=None
            15 stage "build"
              16 environment GOPROXY=direct <'direct'>
              19 withEnv ""
                19 withEnv GOSUMDB=off
                19 withEnv GOINSECURE=$HOST <${HOST}>
                20 step "go build ./..."
                  20 run go build ./... []
              way 0
                23 env GONOSUMDB=late <'late'>
              way 1
            23 env GONOSUMDB=late <'late'> Perhaps
            27 stage "test"
              30 withCredentials ""
                30 withCredentials NETRC=a credential <'NETRC'> secret
                31 step "go test -run \"${{ params.RUN }}\" ./..."
                  32 run go test -run ${{ params.RUN }} ./... []
        "#,
    );
}

#[test]
fn images_are_built_and_used() {
    let text = r#"
node('docker') {
  def img = docker.build("app:${env.BUILD}", "--build-arg GOPROXY=https://p.example --build-arg GOPRIVATE -f build/Dockerfile --target x build")
  docker.image('golang:1.23').inside("-e GOSUMDB=off") {
    dir('sub') { sh "make" }
  }
  img.inside { sh 'go vet' }
  docker.build('plain')
}
"#;
    check(
        text,
        r#"
        1 pipeline "" Closed starts
          3 call image build/Dockerfile build x ["3 --build-arg GOPROXY=https://p.example", "3 --build-arg GOPRIVATE=$GOPRIVATE <GOPRIVATE>"]
          4 docker image "" image=golang:1.23
            4 -e GOSUMDB=off IfUnset
            5 dir "sub" folder=sub
              5 step "make"
                5 call make - - [] []
          7 docker image "" image=an image that the pipeline built
            7 step "go vet"
              7 run go vet []
          8 call image - . - []
        "#,
    );
}

#[test]
fn agents_of_every_kind_are_read() {
    let text = r#"
pipeline {
  agent { dockerfile { filename 'Dockerfile.ci'; dir 'ci'; additionalBuildArgs '--build-arg GOPROXY=x' } }
  stages {
    stage('pod') {
      agent {
        kubernetes {
          defaultContainer 'go'
          yaml '''
            spec:
              containers:
              - name: go
                image: golang:1.22
                env: [{name: GOPROXY, value: "https://k.example"}]
              - name: other
                image: alpine
          '''
        }
      }
      steps {
        container('go') { sh 'go list' }
      }
    }
    stage('short') {
      agent { docker 'golang:1.21' }
      matrix {
        axes {
          axis { name 'GOOS'; values 'linux', 'darwin' }
          axis { name 'GOARCH'
                 values 'arm64' }
        }
        stages { stage('leg') { steps { sh 'go env' } } }
      }
    }
    stage('branches') {
      parallel {
        stage('a') { steps { bat 'go build' } }
      }
    }
  }
  post { always { sh 'go clean' } }
}
"#;
    check(
        text,
        r#"
        1 pipeline "" Closed starts
          2 pipeline "" image=the image built from the Dockerfile
            3 call image ci/Dockerfile.ci ci - ["3 --build-arg GOPROXY=x"]
            5 stage "pod" image=golang:1.22
              21 pod container "go" image=golang:1.22
                14 pod GOPROXY=https://k.example <"https://k.example"> IfUnset
                21 step "go list"
                  21 run go list []
            24 stage "short" image=golang:1.21
              26 stage ""
                28 axis GOOS=$GOOS of the matrix (linux | darwin) <'linux'>
                30 axis GOARCH=arm64 <'arm64'>
                32 stage "leg"
                  32 step "go env"
                    32 run go env []
            35 stage "branches"
              37 stage "a"
                37 lost: the script runs in `bat`, and only scripts of a POSIX shell or bash are read
            41 step "go clean"
              41 run go clean []
        "#,
    );
}

#[test]
fn what_cannot_be_followed_is_lost() {
    for (text, expected) in [
        ("goPipeline(proxy: 'x')\n", "`goPipeline`"),
        (
            "@Library('x') _\nstandard(team: 'a')\n",
            "a pipeline of a shared library",
        ),
        ("node { sh cmd }\n", "known only when it runs"),
        ("node { load 'x.groovy' }\n", "a Groovy file is loaded"),
        (
            "pipeline { stages { stage('x') { steps { buildGo() } } } }\n",
            "`buildGo` may use Go",
        ),
    ] {
        let shown = shown(text);
        assert!(
            shown.contains("lost: ") && shown.contains(expected),
            "{text}: {shown}"
        );
    }
}

#[test]
fn broken_files_are_read_as_far_as_they_go() {
    for (text, fault) in [
        (
            "pipeline { agent any\nenvironment { GOPROXY = 'x' }\n",
            "this bracket is never closed",
        ),
        (
            "node { sh 'go build }\n sh 'go vet'\n}\n",
            "this string does not end",
        ),
        ("node { sh 'go vet' } }\n", "this bracket was never opened"),
    ] {
        let shown = shown(text);
        assert!(shown.contains(fault), "{text}: {shown}");
        assert!(
            shown.contains("GOPROXY") || shown.contains("go vet"),
            "{text}: {shown}"
        );
    }
}

#[test]
fn escapes_and_dollars_are_undone() {
    let cases = [
        (r#"withEnv(["A=x\$Y"]) { sh 'true' }"#, "A=x$Y"),
        (r"withEnv(['A=${Y}']) { sh 'true' }", "A=${Y}"),
        (r#"withEnv(["A=a\u0041"]) { sh 'true' }"#, "A=aA"),
        (r#"withEnv(["A=$Y.z"]) { sh 'true' }"#, "A=Y.z"),
        (r#"withEnv(["A=${Y}z"]) { sh 'true' }"#, "A=$Yz"),
    ];
    for (text, expected) in cases {
        let shown = shown(text);
        assert!(shown.contains(expected), "{text}: {shown}");
    }
}

#[test]
fn interpolations_are_noted() {
    let text = "node { sh \"curl ${TOKEN} $env.X\" }\n";
    let (repository, unit) = outline::read(read, &[("Jenkinsfile", text)]);
    let Detail::Jenkins(detail) = &unit.detail else {
        unreachable!("another detail");
    };
    let noted = detail.interpolations.iter();
    let noted: Vec<_> = noted
        .map(|noted| (noted.name.as_str(), repository.slice(noted.span)))
        .collect();
    assert_eq!(noted, [("TOKEN", "${TOKEN}"), ("env.X", "$env.X")]);
}

#[test]
fn very_long_files_end() {
    let text = format!(
        "node {{ sh \"{}\" }}\n{}",
        "${a}".repeat(50_000),
        "{(".repeat(400_000)
    );
    let shown = shown(&text);
    assert!(shown.contains("too many words"), "the end was read");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(text in "([{}()\\[\\]'\"/$;\n\\\\ =,.:a]|sh |stage|withEnv|'''|\"\"\"|agent |docker|environment|\\$\\{){0,60}") {
        let _ = shown(&text);
    }
}
