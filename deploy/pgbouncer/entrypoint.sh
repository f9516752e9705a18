#!/bin/sh
# The password comes from a file and is written where only this process reads it.
set -eu
umask 077
folder=${PGBOUNCER_RUN:-/tmp/pgbouncer}
mkdir -p "$folder"
password=$(cat "${DATABASE_APP_PASSWORD_FILE:?the file of the password}" | sed 's/"/""/g')
printf '"puyang_app" "%s"\n' "$password" > "$folder/userlist.txt"
sed -e "s|@HOST@|${DATABASE_HOST:-postgres}|" -e "s|@PORT@|${DATABASE_PORT:-5432}|" \
  -e "s|@NAME@|${DATABASE_NAME:-puyang_grid}|g" -e "s|@LISTEN@|${PGBOUNCER_ADDRESS:-0.0.0.0}|" \
  -e "s|@LISTEN_PORT@|${PGBOUNCER_PORT:-6432}|" -e "s|@RUN@|$folder|" \
  "$(dirname "$0")/pgbouncer.ini" > "$folder/pgbouncer.ini"
exec "${PGBOUNCER:-pgbouncer}" "$folder/pgbouncer.ini"
