#!/bin/sh
# Fuzzes one target, or each in turn: fuzz.sh [TARGET] [SECONDS]
set -eu
cd "$(dirname "$0")/.."
if ! cargo +nightly --version >/dev/null 2>&1; then
    echo "Fuzzing needs a nightly toolchain: rustup toolchain install nightly" >&2
    echo "Without it, the corpora are still replayed by: cargo test --test sound" >&2
    exit 1
fi
# What is freed is kept for a while to find uses of it; by default, that is half of the limit.
export ASAN_OPTIONS=quarantine_size_mb=64
targets="${1:-$(cargo +nightly fuzz list)}"
for target in $targets; do
    echo "Fuzzing $target for ${2:-600} seconds"
    # The first folder takes in whatever is found, so the committed seeds stay as they are.
    found="fuzz/target/found/$target"
    mkdir -p "$found"
    cargo +nightly fuzz run "$target" "$found" "fuzz/corpus/$target" -- \
        -max_total_time="${2:-600}" -rss_limit_mb=512 -malloc_limit_mb=64 -timeout=30
done
