# Two images from one file: `app` (web, worker, beat, migrate) and `proxy` (nginx with the assets in it).

FROM python:3.11-slim-bookworm AS app
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    DJANGO_SETTINGS_MODULE=puyang_grid.settings.production \
    PUYANG_VAR=/srv/puyang STATIC_ROOT=/srv/static
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
RUN useradd --system --uid 10001 --home-dir /srv/puyang puyang \
 && mkdir -p /srv/puyang/media /srv/static && chown -R puyang: /srv
COPY . .
USER puyang
# Nothing is connected to while the assets are collected; the real values come when the container starts.
RUN SECRET_KEY=only-while-building ALLOWED_HOSTS=build DATABASE_URL=postgresql://x@127.0.0.1:1/x \
    DATABASE_OWNER_URL=postgresql://x@127.0.0.1:1/x REDIS_URL=redis://127.0.0.1:1/0 SEALING_KEYS= \
    python manage.py collectstatic --no-input --verbosity 0
EXPOSE 8000
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "puyang_grid.wsgi"]

FROM nginx:1.28-alpine AS proxy
RUN adduser -S -D -H -u 10001 puyang
COPY deploy/nginx.conf /etc/nginx/nginx.conf
COPY --from=app /srv/static /srv/static
