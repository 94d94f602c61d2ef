#!/bin/sh
# Runs the tests of the pages, in a real browser and on the server that is built here.
set -eu
npm ci --prefix tests/page --silent
cargo build --locked --quiet --workspace
program=${CARGO_TARGET_DIR:-$(pwd)/target}/debug/repartee
REPARTEE_TEST_PROGRAM=$program exec node --test --test-concurrency=1 --test-reporter=spec tests/page/*.test.mjs
