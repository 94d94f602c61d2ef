#!/bin/sh
# Runs a command beside the clients that others wrote, in a Python environment of their own:
#   scripts/with-clients.sh cargo test
# The command finds Python in REPARTEE_TEST_PYTHON; if that is set already, it is used as it is.
set -eu

if [ $# -eq 0 ]; then
    echo "usage: scripts/with-clients.sh COMMAND [ARGUMENT...]" >&2
    exit 2
fi
if [ -z "${REPARTEE_TEST_PYTHON:-}" ]; then
    home=${CARGO_TARGET_DIR:-target}/clients
    mkdir -p "$home"
    home=$(cd "$home" && pwd)
    [ -x "$home/bin/pip" ] || python3 -m venv --clear "$home" || {
        echo "Python cannot make environments; on Debian: apt-get install python3-venv" >&2
        exit 1
    }
    "$home/bin/pip" install --quiet --disable-pip-version-check \
        --requirement tests/api/clients/requirements.txt
    export REPARTEE_TEST_PYTHON="$home/bin/python"
fi
exec "$@"
