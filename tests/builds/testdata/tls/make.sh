#!/bin/sh
# Makes the certificate and key that tests serve HTTPS with on 127.0.0.1. They protect nothing.
set -eu
cd "$(dirname "$0")"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 \
    -subj "/CN=tests of modkeep" -addext "subjectAltName=IP:127.0.0.1,DNS:localhost" \
    -keyout key.pem -out cert.pem
