# One image for every role: docker run waldstream run --role processor
# By tag: where you build for production, pin what you have tested by its digest (FROM node:24-slim@sha256:…).
FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json ./
# Without install scripts, which none of these packages needs, and without the Node that is optional: this image has one.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund && npm cache clean --force
COPY . .
RUN ln -s /app/bin/waldstream.mjs /usr/local/bin/waldstream
USER node
EXPOSE 8080
ENTRYPOINT ["waldstream"]
CMD ["run", "--role", "all"]
