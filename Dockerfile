# The application alone, for real servers beside it (compose.yaml): its PostgreSQL, drachtio-server and FreeSWITCH
# are elsewhere. Needs DATABASE_URL, since the PostgreSQL binaries from npm are left out.
#   docker build -t centralita .

# `npm install --no-save` and not `npm ci`: the lock file lists no optional packages of other platforms, which `ci`
# calls out of step; the versions installed are the lock file's either way.

FROM node:20-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm install --no-save --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts/bundle.mjs ./scripts/
COPY src ./src
RUN node scripts/bundle.mjs

# Optional packages are the PostgreSQL binaries and esbuild's: neither is needed to run what has been built.
FROM node:20-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm install --no-save --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:20-slim
ENV NODE_ENV=production \
    DATA_DIR=/var/lib/centralita
WORKDIR /app
# A named volume takes over these folders' owner when it is made.
RUN install -d -o node -g node /var/lib/centralita /var/lib/centralita/prompts /var/lib/centralita/recordings
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY bin ./bin
COPY migrations ./migrations
COPY config ./config
COPY freeswitch ./freeswitch
USER node
VOLUME /var/lib/centralita
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "const { HTTP_HOST: h, HTTP_PORT: p } = process.env; fetch(`http://${!h || h === '0.0.0.0' || h === '::' ? '127.0.0.1' : h}:${p || 8080}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# One helper thread, as `npm start` has it: ADR 8.
CMD ["node", "--v8-pool-size=1", "dist/main.js"]
