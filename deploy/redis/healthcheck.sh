#!/bin/sh
# PONG, and only to whoever knows the password; redis-cli ends with 0 on a refusal too.
REDISCLI_AUTH=$(cat "$REDIS_PASSWORD_FILE") redis-cli ping | grep -qx PONG
