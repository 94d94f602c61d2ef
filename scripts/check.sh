#!/bin/sh
# What a machine can judge without running the program.
set -eu
cargo fmt --check
cargo clippy --locked --all-targets -- -D warnings
cargo clippy --locked --no-default-features --all-targets -- -D warnings
RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --quiet
cargo deny --log-level error check bans licenses sources
