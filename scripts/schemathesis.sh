#!/bin/sh
# Asks every route of the real server, on the fake provider, what /openapi.json says may be asked,
# and much that it says may not: nothing breaks, and no answer is other than it is described.
#   scripts/schemathesis.sh [SCHEMATHESIS-OPTION...]
set -eu
cd "$(dirname "$0")/.."
version=4.32.5
target=$(cargo metadata --locked --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
tools="$target/schemathesis-$version"
if ! [ -x "$tools/bin/st" ]; then
    echo "Installing schemathesis $version from PyPI"
    python3 -m venv "$tools"
    "$tools/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$version"
fi
cargo build --locked --quiet -p repartee -p repartee-provider

home=$(mktemp -d)
provider="" server=""
stop() {
    trap - EXIT INT TERM HUP
    for process in $server $provider; do
        kill "$process" 2>/dev/null || true
        wait "$process" 2>/dev/null || true
    done
    rm -rf "$home"
}
trap stop EXIT
trap 'stop; exit 130' INT TERM HUP

# Waits for the line that tells where a process listens; gives up when the process has ended.
address() {
    until grep -q '^listening on ' "$1"; do
        kill -0 "$2" 2>/dev/null || { cat "$1" "$home/log" >&2 && exit 1; }
        sleep 0.1
    done
    sed -n 's/^listening on //p' "$1"
}

"$target/debug/repartee-provider" --bind 127.0.0.1:0 --hearing-ms 0 --first-token-ms 0 \
    --per-token-ms 0 --first-sound-ms 0 --per-character-us 0 >"$home/provider" 2>"$home/log" &
provider=$!
base=$(address "$home/provider" "$provider")
(
    cd "$home"
    exec env -i PATH="$PATH" BIND=127.0.0.1:0 OPENAI_BASE_URL="$base" OPENAI_API_KEY=any \
        TURNS_PER_MINUTE=unlimited MAX_TURNS_IN_FLIGHT=unlimited \
        DAILY_BUDGET_USD=unlimited OWNER_BUDGET_USD=unlimited \
        "$target/debug/repartee" serve
) >"$home/server" 2>>"$home/log" &
server=$!
url=$(address "$home/server" "$server")

# All checks but two: no schema says which sound is speech, and what is not known is ignored.
besides=positive_data_acceptance,negative_data_rejection
status=0
(cd "$home" && "$tools/bin/st" run "$url/openapi.json" --exclude-checks "$besides" --workers 2 \
    --max-examples 20 --continue-on-failure --request-timeout 20 --warnings off \
    --generation-database none "$@") || status=$?
kill -0 "$server" 2>/dev/null || { echo "the server has ended" >&2 && cat "$home/log" >&2 && exit 1; }
exit "$status"
