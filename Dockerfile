# One image for every role: docker run waldstream run --role processor
# By tag: where you build for production, pin what you have tested by its digest (FROM node:24-slim@sha256:…).
FROM node:24-slim AS page
WORKDIR /app
COPY package.json package-lock.json tsconfig.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY web web
COPY src src
RUN node node_modules/vite/bin/vite.js build --config web/vite.config.ts

FROM node:24-slim AS runtime
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json ./
# Without install scripts, which none of these packages needs, and without the Node that is optional: this image has one.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund && npm cache clean --force
COPY tsconfig.json ./
COPY bin bin
COPY schemas schemas
COPY src src
COPY --from=page /app/web/dist web/dist
RUN ln -s /app/bin/waldstream.mjs /usr/local/bin/waldstream
USER node
# Published ports reach no other address of a container. The API starts there only with API_TOKEN or a key.
ENV API_HOST=0.0.0.0
EXPOSE 8080 9464
HEALTHCHECK --interval=10s --timeout=10s --start-period=60s CMD ["node", "-e", \
  "const port = process.env.METRICS_PORT ?? '9464'; if (port !== 'off') fetch('http://127.0.0.1:' + port + '/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["waldstream"]

# With a simulated shop and ERP, and the demo's configuration: docker-compose.demo.yml.
FROM runtime AS demo
COPY simulators simulators
COPY config/demo config/demo

FROM runtime
CMD ["run", "--role", "all"]
