#!/bin/bash
# Runs once, on the first start of an empty cluster: the owner, the application's role and the database.
set -euo pipefail
export DATABASE_OWNER_PASSWORD_FILE DATABASE_APP_PASSWORD_FILE   # psql reads them: no password in an argument
mkdir -p /var/lib/postgresql/archive   # where archive_command (docker-compose.yml) puts the log
psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 <<'SQL'
\set owner_password `cat "$DATABASE_OWNER_PASSWORD_FILE"`
\set app_password `cat "$DATABASE_APP_PASSWORD_FILE"`
CREATE ROLE puyang_owner LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS PASSWORD :'owner_password';
CREATE ROLE puyang_app LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS PASSWORD :'app_password';
-- A transaction pooler cannot carry these in the connection, so the role carries them.
ALTER ROLE puyang_app SET statement_timeout = '15s';
ALTER ROLE puyang_app SET lock_timeout = '5s';
ALTER ROLE puyang_app SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE puyang_app SET join_collapse_limit = '6';
ALTER ROLE puyang_app SET timezone = 'UTC';
ALTER ROLE puyang_owner SET timezone = 'UTC';
CREATE DATABASE puyang_grid OWNER puyang_owner TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C';
REVOKE ALL ON DATABASE puyang_grid FROM PUBLIC;
GRANT CONNECT ON DATABASE puyang_grid TO puyang_app;
SQL
