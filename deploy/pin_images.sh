#!/bin/sh
# Prints the five lines of .env that name each image by digest: `sh deploy/pin_images.sh >> .env` (with a registry at hand).
# Run it again for an update, look at what changed, and build; nothing else ever pulls another image.
set -eu
while read -r name tag; do
  docker pull --quiet "$tag" > /dev/null
  digest=$(docker image inspect --format '{{index .RepoDigests 0}}' "$tag" | sed 's/.*@//')
  case "$digest" in sha256:*) ;; *) echo "$tag: the registry gave no digest." >&2; exit 1 ;; esac
  printf '%s=%s@%s\n' "$name" "$tag" "$digest"
done <<'IMAGES'
PYTHON_IMAGE python:3.11-slim-bookworm
NGINX_IMAGE nginx:1.28-alpine
DEBIAN_IMAGE debian:bookworm-slim
POSTGRES_IMAGE postgres:18
REDIS_IMAGE redis:8
IMAGES
