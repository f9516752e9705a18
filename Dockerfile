# Two images from one file: `app` (web, worker, beat, migrate) and `proxy` (nginx with the assets in it).
# Their bases are named by digest in .env (deploy/pin_images.sh); there is no default to fall back on.
ARG PYTHON_IMAGE
ARG NGINX_IMAGE

FROM ${PYTHON_IMAGE} AS app
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    DJANGO_SETTINGS_MODULE=puyang_grid.settings.production \
    PUYANG_VAR=/srv/puyang STATIC_ROOT=/srv/static
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
# The group reads the secrets of this machine (deploy/make_secrets.sh); the code belongs to root and stays as it is.
RUN groupadd --system --gid 10001 puyang \
 && useradd --system --uid 10001 --gid 10001 --home-dir /srv/puyang puyang \
 && mkdir -p /srv/puyang/media /srv/anchors /srv/static && chown -R puyang: /srv
COPY . .
USER puyang
# Nothing is connected to while the assets are collected; the real values come when the container starts.
RUN SECRET_KEY=only-while-building ALLOWED_HOSTS=build DATABASE_URL=postgresql://x@127.0.0.1:1/x \
    DATABASE_OWNER_URL=postgresql://x@127.0.0.1:1/x REDIS_URL=redis://127.0.0.1:1/0 SEALING_KEYS= \
    python manage.py collectstatic --no-input --verbosity 0
EXPOSE 8000
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "puyang_grid.wsgi"]

FROM ${NGINX_IMAGE} AS proxy
RUN addgroup -S -g 10001 puyang && adduser -S -D -H -u 10001 -G puyang puyang \
 && mkdir -p /var/cache/nginx && chown -R puyang: /var/cache/nginx
COPY deploy/nginx/ /etc/nginx/
COPY --from=app /srv/static /srv/static
USER puyang
EXPOSE 8080 8443
ENTRYPOINT ["/bin/sh", "/etc/nginx/entrypoint.sh"]
CMD ["-g", "daemon off;"]
