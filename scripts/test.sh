#!/bin/sh
# Runs every test, with a PostgreSQL server of its own for as long as that takes, and
# with the clients that others wrote.
set -eu
# A crowd of callers and the server of their engines, both in one process, open more than 1,024.
most=$(ulimit -Hn)
[ "$most" != unlimited ] && [ "$most" -le 65536 ] || most=65536
ulimit -Sn "$most"
scripts/missing-libraries.sh
scripts/with-clients.sh cargo test --locked --no-default-features --test api
scripts/with-postgres.sh scripts/with-clients.sh cargo test --locked --workspace
scripts/test-page.sh
scripts/schemathesis.sh --no-color
