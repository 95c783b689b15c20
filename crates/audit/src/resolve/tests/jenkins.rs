//! Jenkins, declarative pipelines.

use super::{Row, check};

const TABLE: &[Row] = &[
    Row {
        shows: "pipeline, stage, withEnv, inline; the nearest wins",
        files: &[(
            "Jenkinsfile",
            "pipeline {
  agent any
  environment {
    GOPROXY = 'https://pipeline'
  }
  stages {
    stage('a') {
      steps { sh 'go build' }
    }
    stage('b') {
      environment { GOPROXY = \"https://stage\" }
      steps {
        sh 'go build'
        withEnv(['GOPROXY=https://withenv']) {
          sh 'go test'
          sh 'GOPROXY=https://inline go vet'
        }
        sh 'go vet'
      }
    }
  }
  post { always { sh 'go version; go mod download' } }
}
",
        )],
        sees: &[
            "Jenkinsfile:8 https://pipeline <- Jenkinsfile:4 environment",
            "Jenkinsfile:13 https://stage <- Jenkinsfile:11 environment",
            "Jenkinsfile:15 https://withenv <- Jenkinsfile:14 withEnv",
            "Jenkinsfile:16 https://inline <- Jenkinsfile:16 inline",
            "Jenkinsfile:18 https://stage <- Jenkinsfile:11 environment",
            "Jenkinsfile:22 https://pipeline <- Jenkinsfile:4 environment",
            "Jenkinsfile:22 https://pipeline <- Jenkinsfile:4 environment",
        ],
    },
    Row {
        shows: "each sh is a shell of its own",
        files: &[(
            "Jenkinsfile",
            "pipeline {
  agent any
  stages {
    stage('a') {
      steps {
        sh 'export GOPROXY=https://lost'
        sh 'go build'
        sh '''
          export GOPROXY=https://export
          go build
        '''
        sh 'go env -w GOPROXY=https://file'
        sh 'go vet'
      }
    }
  }
}
",
        )],
        sees: &[
            "Jenkinsfile:7 default",
            "Jenkinsfile:10 https://export <- Jenkinsfile:9 export",
            "Jenkinsfile:12 default",
            "Jenkinsfile:13 https://file <- Jenkinsfile:12 go env -w",
        ],
    },
    Row {
        shows: "references, credentials and Groovy's own",
        files: &[(
            "Jenkinsfile",
            "pipeline {
  agent any
  environment {
    HOST = 'https://host'
    GOPROXY = \"${HOST}/go\"
    TOKEN = credentials('t')
  }
  stages {
    stage('a') { steps { sh 'go build' } }
    stage('b') {
      environment { GOPROXY = \"https://${TOKEN}@p\" }
      steps { sh 'go build' }
    }
    stage('c') { steps { sh \"GOPROXY=${params.PROXY} go build\" } }
    stage('d') { steps { sh \"GOPROXY=${env.HOST} go build\" } }
    stage('e') { steps { sh 'GOPROXY=$HOST go build' } }
  }
}
",
        )],
        sees: &[
            "Jenkinsfile:9 https://host/go <- Jenkinsfile:5 environment",
            "Jenkinsfile:12 ?https://credentials('t')@p <- Jenkinsfile:11 environment",
            "Jenkinsfile:14 ?${{ params.PROXY }} <- Jenkinsfile:14 inline",
            "Jenkinsfile:15 https://host <- Jenkinsfile:15 inline",
            "Jenkinsfile:16 https://host <- Jenkinsfile:16 inline",
        ],
    },
    Row {
        shows: "agents: docker with arguments, a Dockerfile; dir, scripts and makefiles",
        files: &[
            (
                "Jenkinsfile",
                "pipeline {
  agent none
  environment { GOPROXY = 'https://pipeline' }
  stages {
    stage('a') {
      agent { docker { image 'golang:1.24'; args '-e GOPROXY=https://args' } }
      steps { sh 'go build' }
    }
    stage('b') {
      agent any
      steps {
        dir('app') {
          sh './build.sh'
          sh 'make build'
        }
        script { sh 'go generate ./...' }
      }
    }
    stage('c') {
      parallel {
        stage('d') { environment { GOPROXY = 'https://d' }
          steps { sh 'go build' } }
        stage('e') { steps { sh 'go build' } }
      }
    }
  }
}
",
            ),
            ("app/build.sh", "#!/bin/sh\ngo build\n"),
            (
                "app/Makefile",
                "export GOPROXY ?= https://make\nbuild:\n\tgo build\n",
            ),
        ],
        sees: &[
            "Jenkinsfile:7 https://pipeline <- Jenkinsfile:3 environment",
            "app/build.sh:2 https://pipeline <- Jenkinsfile:3 environment",
            "app/Makefile:3 https://pipeline <- Jenkinsfile:3 environment",
            "Jenkinsfile:16 https://pipeline <- Jenkinsfile:3 environment",
            "Jenkinsfile:22 https://d <- Jenkinsfile:21 environment",
            "Jenkinsfile:23 https://pipeline <- Jenkinsfile:3 environment",
        ],
    },
    Row {
        shows: "values of a matrix",
        files: &[(
            "Jenkinsfile",
            "pipeline {
  agent any
  stages {
    stage('m') {
      matrix {
        axes { axis { name 'GOPROXY'; values 'https://one', 'https://two' } }
        stages { stage('a') { steps { sh 'go build' } } }
      }
    }
  }
}
",
        )],
        sees: &[
            "Jenkinsfile:7 ?$GOPROXY of the matrix (https://one | https://two) <- Jenkinsfile:6 axis",
        ],
    },
];

#[test]
fn every_way_reaches_the_command() {
    check(TABLE);
}
