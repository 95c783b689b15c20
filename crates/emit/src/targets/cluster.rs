//! What Kubernetes reads.

use super::{Body, Wanted, indented};
use crate::quote;

/// A `ConfigMap`, and a pod that takes all its settings from it and credentials from a secret. The
/// policy's digest is an annotation of the pod: a new one restarts what is made from a template.
pub(super) fn kubernetes(wanted: &Wanted<'_>) -> Body {
    let settings = wanted.lines(|name, value| format!("{name}: {}", quote::yaml(value)));
    let go = wanted.go_version();
    let digest = quote::yaml(&wanted.policy.digest);
    let text = format!(
        "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: go-env
data:
{}---
apiVersion: v1
kind: Pod
metadata:
  name: go-build
  annotations:
    checksum/go-env: {digest}
spec:
  restartPolicy: Never
  containers:
    - name: build
      image: \"golang:{go}\"
      command: [\"go\", \"build\", \"./...\"]
      workingDir: /src
      envFrom:
        - configMapRef:
            name: go-env
      env:
        - name: NETRC
          value: /run/secrets/netrc/.netrc
      volumeMounts:
        - name: source
          mountPath: /src
        - name: netrc
          mountPath: /run/secrets/netrc
          readOnly: true
  volumes:
    - name: source
      emptyDir: {{}}
    - name: netrc
      secret:
        secretName: go-netrc
        defaultMode: 256
        optional: true
",
        indented(&settings, "  ")
    );
    Body::of(
        text,
        &[
            "Credentials stand in the secret go-netrc, key .netrc, mode 0400 (256), never in a ConfigMap.",
            "Init containers need envFrom too. The source is whatever your pipeline mounts at /src.",
        ],
    )
}
