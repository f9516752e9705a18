#!/bin/sh
# Writes the secrets of this machine, each into a file of its own that root writes and only the containers' group reads:
# `sudo sh deploy/make_secrets.sh`. What is there already stays as it is, so it may be run again.
set -eu
umask 077
folder=${1:-secrets}
group=${SECRETS_GROUP:-10001}   # the group of the images; compose gives it to postgres, redis and pgbouncer too
mkdir -p "$folder"
keep() {   # keep NAME SECRET
  if [ -s "$folder/$1" ]; then echo "$1: kept"; return; fi
  printf '%s\n' "$2" > "$folder/$1.new"
  mv "$folder/$1.new" "$folder/$1"
  echo "$1: made"
}
for name in postgres_password database_owner_password database_app_password redis_password; do
  keep "$name" "$(openssl rand -hex 32)"
done
keep secret_key "$(openssl rand -base64 60 | tr -d '\n')"
keys=
for ring in personal sensitive secret index trace; do
  keys="$keys${keys:+,}$ring.1:$(openssl rand -base64 32)"
done
keep sealing_keys "$keys"
chgrp -R "$group" "$folder"
chmod 0750 "$folder"
chmod 0440 "$folder"/*
