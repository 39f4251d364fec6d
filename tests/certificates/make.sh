#!/bin/bash
# SPDX-License-Identifier: MIT
# make.sh FOLDER: create the certificates and keys for the tests of TLS; no keys are kept in the repository.
#
#   ca        the CA that the tests trust     server    localhost and 127.0.0.1, signed by ca
#   other     other.example, signed by ca     chain     localhost, signed by an intermediate CA; both in the file
#   client    a client, signed by ca          expired   localhost, until 2021
#   alone     localhost, signed by itself     locked    the server's key, under the password "open sesame"
set -euo pipefail
mkdir -p "$1"
cd "$1"

key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }

# sign NAME ISSUER SUBJECT EXTENSIONS [MORE…]
sign() {
	local name=$1 issuer=$2 subject=$3 extensions=$4
	shift 4
	key "$name"
	openssl req -new -key "$name.key" -subj "$subject" -out "$name.csr"
	openssl x509 -req -in "$name.csr" -CA "$issuer.pem" -CAkey "$issuer.key" -CAcreateserial -days 3650 \
		-extfile <(printf '%b' "$extensions") -out "$name.pem" 2>/dev/null
}

names=subjectAltName=DNS:localhost,IP:127.0.0.1
for name in ca stranger; do
	key $name
	openssl req -x509 -new -key $name.key -days 3650 -subj "/CN=awry test $name" -out $name.pem \
		-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign
done
sign server ca /CN=localhost/O=awry $names
sign other ca /CN=other.example subjectAltName=DNS:other.example
sign client ca /CN=client extendedKeyUsage=clientAuth
sign between ca "/CN=awry test between" 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign'
sign chain between /CN=localhost $names
cat between.pem >>chain.pem

key alone
openssl req -x509 -new -key alone.key -days 3650 -subj /CN=localhost -addext $names -out alone.pem

key expired
openssl req -new -key expired.key -subj /CN=localhost -out expired.csr
: >index.txt
cat >ca.cnf <<END
[ca]
default_ca = d
[d]
database = index.txt
rand_serial = yes
new_certs_dir = .
default_md = sha256
policy = p
x509_extensions = x
[p]
commonName = supplied
[x]
$names
END
openssl ca -batch -config ca.cnf -cert ca.pem -keyfile ca.key -in expired.csr -out expired.pem -notext \
	-startdate 20200101000000Z -enddate 20210101000000Z 2>/dev/null

openssl ec -in server.key -aes256 -passout pass:"open sesame" -out locked.key 2>/dev/null
cp server.pem locked.pem
