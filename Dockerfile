# One image for every role: docker run waldstream run --role processor
FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json ./
# Without install scripts: the only one brings a Node of its own, and this image has one.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force
COPY . .
RUN ln -s /app/bin/waldstream.mjs /usr/local/bin/waldstream
USER node
EXPOSE 8080
ENTRYPOINT ["waldstream"]
CMD ["run", "--role", "all"]
