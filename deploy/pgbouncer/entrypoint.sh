#!/bin/sh
# The password comes from the environment and is written where only this process reads it.
set -eu
umask 077
folder=${PGBOUNCER_RUN:-/tmp/pgbouncer}
mkdir -p "$folder"
printf '"puyang_app" "%s"\n' "$DATABASE_APP_PASSWORD" > "$folder/userlist.txt"
sed -e "s|@HOST@|${DATABASE_HOST:-postgres}|" -e "s|@PORT@|${DATABASE_PORT:-5432}|" -e "s|@RUN@|$folder|" \
  "$(dirname "$0")/pgbouncer.ini" > "$folder/pgbouncer.ini"
exec pgbouncer "$folder/pgbouncer.ini"
