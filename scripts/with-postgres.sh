#!/bin/sh
# Runs a command beside a PostgreSQL server of its own, and stops the server afterwards:
#   scripts/with-postgres.sh cargo test
# The command finds the server in REPARTEE_TEST_POSTGRES; if that is set already, it is used as it is.
set -eu

if [ $# -eq 0 ]; then
    echo "usage: scripts/with-postgres.sh COMMAND [ARGUMENT...]" >&2
    exit 2
fi
if [ -n "${REPARTEE_TEST_POSTGRES:-}" ]; then
    exec "$@"
fi

# Debian keeps the server's programs off the PATH, a folder for each version.
programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
if [ -z "$programs" ] && command -v pg_ctl >/dev/null 2>&1; then
    programs=$(dirname "$(command -v pg_ctl)")
fi
if [ -z "$programs" ]; then
    echo "PostgreSQL is not installed; on Debian: apt-get install postgresql" >&2
    exit 1
fi

# The server refuses to run as root.
as_server() {
    if [ "$(id -u)" -eq 0 ]; then
        (cd / && exec runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

home=$(mktemp -d /tmp/repartee-postgres.XXXXXX)
if [ "$(id -u)" -eq 0 ]; then
    chown postgres "$home"
fi

stop() {
    trap - EXIT INT TERM HUP
    as_server "$programs/pg_ctl" --pgdata="$home/data" --mode=immediate --silent stop || true
    rm -rf "$home"
}
trap stop EXIT
trap 'stop; exit 130' INT TERM HUP

as_server "$programs/initdb" --pgdata="$home/data" --username=postgres --auth=trust \
    --encoding=UTF8 --locale=C --no-sync >"$home/initdb.log" 2>&1 || {
    cat "$home/initdb.log" >&2
    exit 1
}
# A socket in a folder of its own and no port: nothing to collide with. The data is thrown away.
as_server "$programs/pg_ctl" --pgdata="$home/data" --log="$home/log" --silent --wait \
    --options="-k '$home' -c listen_addresses='' -c max_connections=400 -c fsync=off" start || {
    cat "$home/log" >&2
    exit 1
}

export REPARTEE_TEST_POSTGRES="postgres://postgres@localhost/DATABASE?host=$home"
status=0
"$@" || status=$?
exit "$status"
