#!/bin/sh
# What a machine can judge without running the program.
set -eu
cargo fmt --all --check
cargo clippy --locked --workspace --all-targets -- -D warnings
cargo clippy --locked --no-default-features --all-targets -- -D warnings
RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --quiet
scripts/notices.sh | diff -q - THIRD_PARTY_NOTICES.md >/dev/null || {
    echo "THIRD_PARTY_NOTICES.md is not up to date: make notices" >&2
    exit 1
}
npm ci --prefix tests/page --silent
tests/page/node_modules/.bin/tsc --project tests/page/jsconfig.json
cargo deny --log-level error check bans licenses sources
# Which releases are known to be unsafe is told by a database that not every machine can reach.
if timeout 60 cargo deny --log-level off fetch db; then
    cargo deny --log-level error check advisories
else
    echo "check: advisories were not looked at: https://github.com/rustsec/advisory-db is out of reach" >&2
fi
