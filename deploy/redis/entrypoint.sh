#!/bin/sh
# Starts Redis with its password from a file; the word stands in no argument and in no environment.
set -eu
umask 077
password=$(cat "${REDIS_PASSWORD_FILE:?the file of the password}")
case "$password" in
  ''|*[!A-Za-z0-9_-]*) echo "The password of Redis: letters, digits, - and _ only, and not empty." >&2; exit 1 ;;
esac
config=${REDIS_RUN:-/tmp}/redis.conf
cat > "$config" <<CONFIG
requirepass $password
dir ${REDIS_DATA:-/data}
appendonly yes
appendfsync everysec
maxmemory-policy noeviction
CONFIG
exec "${REDIS_SERVER:-redis-server}" "$config" "$@"
