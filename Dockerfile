# One process with everything in it: REST on 10002 and 10000, client SDKs on 10001. Everything it keeps is in /data.
#
#   docker build -t openim-nest .
#   docker run -p 10002:10002 -p 10001:10001 -v openim:/data -e IM_SECRET=… -e TOKEN_SECRET=… openim-nest

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY src ./src
RUN npx tsc -b

# Nothing is compiled: SQLite is in Node, and sharp brings its library for each platform.
FROM node:24-bookworm-slim AS modules
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    DATABASE_URL=sqlite:/data/openim.sqlite \
    OBJECT_STORAGE=file:/data/objects
WORKDIR /app
COPY --from=modules /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
# `node` is user 1000 of the image. A volume takes over the owner of the folder it is mounted on.
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 10000 10001 10002
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.API_PORT || 10002) + '/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Not through npm, which would keep signals from the server. `docker stop` waits 10 seconds: give it -t 20, or set STOP_TIMEOUT=8.
CMD ["node", "dist/main.js"]
