#!/bin/sh
# Runs every test, with a PostgreSQL server of its own for as long as that takes.
set -eu
scripts/missing-libraries.sh
cargo test --locked --no-default-features --test api
scripts/with-postgres.sh cargo test --locked --workspace
