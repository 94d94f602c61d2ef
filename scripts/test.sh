#!/bin/sh
# Runs every test, with a PostgreSQL server of its own for as long as that takes, and
# with the clients that others wrote.
set -eu
scripts/missing-libraries.sh
scripts/with-clients.sh cargo test --locked --no-default-features --test api
scripts/with-postgres.sh scripts/with-clients.sh cargo test --locked --workspace
scripts/schemathesis.sh --no-color
