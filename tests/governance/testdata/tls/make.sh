#!/bin/sh
# Makes the authority that signs, another one that does not, and certificates for 127.0.0.1: a good one, one that is
# over, one that has not begun, one for another name. They protect nothing.
set -eu
cd "$(dirname "$0")"
ec="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
for authority in authority stranger; do
    openssl req -x509 $ec -days 36500 -subj "/O=Tests of modkeep/CN=$authority" -keyout $authority.key -out $authority.pem
done
openssl req $ec -new -subj "/CN=proxy" -keyout key.pem -out request.pem
work=$(mktemp -d)
sign() {
    : > "$work/index"; echo "0$4" > "$work/serial"
    cat > "$work/ca.cnf" <<CONF
[ca]
default_ca = a
[a]
database = $work/index
serial = $work/serial
new_certs_dir = $work
default_md = sha256
policy = p
[p]
commonName = supplied
[v]
basicConstraints = CA:FALSE
subjectAltName = $5
CONF
    openssl ca -batch -notext -config "$work/ca.cnf" -extensions v -cert authority.pem -keyfile authority.key \
        -startdate "$2" -enddate "$3" -in request.pem -out "$1.pem"
}
sign good 20200101000000Z 21200101000000Z 1 "IP:127.0.0.1,DNS:localhost"
sign expired 20200101000000Z 20210101000000Z 2 "IP:127.0.0.1,DNS:localhost"
sign early 21100101000000Z 21200101000000Z 3 "IP:127.0.0.1,DNS:localhost"
sign elsewhere 20200101000000Z 21200101000000Z 4 "DNS:other.example"
rm -rf "$work" request.pem authority.key stranger.key
