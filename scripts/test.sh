#!/bin/sh
# Runs every test, with a PostgreSQL server of its own for as long as that takes, and
# with the clients that others wrote.
set -eu
# A crowd of callers and the server of their engines, both in one process, open more than 1,024.
most=$(ulimit -Hn)
[ "$most" != unlimited ] && [ "$most" -le 65536 ] || most=65536
ulimit -Sn "$most"
scripts/missing-libraries.sh
# Without embedded engines all else is as it is with them; starting and settings are not.
scripts/with-clients.sh cargo test --locked --no-default-features --test api -- \
    command_line:: doctor:: init:: server:: settings:: starting::
scripts/with-postgres.sh scripts/with-clients.sh cargo test --locked --workspace
scripts/test-page.sh
scripts/schemathesis.sh --no-color
