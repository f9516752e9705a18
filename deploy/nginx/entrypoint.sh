#!/bin/sh
# Writes the names that this site answers to, from ALLOWED_HOSTS, and starts nginx. Every other name is closed upon.
set -eu
: "${ALLOWED_HOSTS:?name the hosts of the site}"
names=$(printf '%s' "$ALLOWED_HOSTS" | tr ',' ' ')
case "$names" in
  *[!A-Za-z0-9.\ -]*) echo "ALLOWED_HOSTS: letters, digits, dots and hyphens, with commas between; no wildcard." >&2; exit 1 ;;
esac
for name in $names; do
  case "$name" in .*|-*) echo "ALLOWED_HOSTS: '$name' is no whole name." >&2; exit 1 ;; esac
done
printf 'server_name %s;\n' "$names" > "${NGINX_RUN:-/tmp}/server_name.conf"
exec nginx "$@"
