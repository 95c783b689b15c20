module main.example/m

go 1.21

require (
	github.com/caddyserver/caddy/v2 v2.7.6
	github.com/golangci/golangci-lint v1.55.2
	k8s.io/client-go v0.28.4
)
