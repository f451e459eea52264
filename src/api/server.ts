import type { Server } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from '../lib/log.ts';
import { prepareAccess } from './plugins/authentication.ts';
import { answerClientError } from './plugins/client-errors.ts';
import { registerHttpRules, UNCHECKED_BY_NODE } from './plugins/http-rules.ts';
import { collectRoutes } from './plugins/known-routes.ts';
import { refusalOf, registerProblems, sendRefusal } from './plugins/problems.ts';
import { registerSerialization } from './plugins/serialization.ts';
import { registerValidation } from './plugins/validation.ts';

const BODY_BYTES_MAX = 1_000_000;
const HEADER_BYTES_MAX = 16_384;
/** Fastify sets the time for a request alone; Node then looks at neither until the time for headers, a minute, is over. */
const PATIENCE = {
  headersTimeout: 10_000,
  requestTimeout: 120_000,
  connectionsCheckingInterval: 2_000,
};
const KEEP_ALIVE_MS = 65_000;

export interface ServerOptions {
  readonly log: Logger;
  /** Whoever connects is our own thread in front, and says by X-Forwarded-For for whom it asks. */
  readonly isBehindFront?: boolean;
}

/** An HTTP server without routes: its limits, and how it reads, refuses and writes. */
export function createServer({ log, isBehindFront = false }: ServerOptions) {
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: PATIENCE.requestTimeout,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    trustProxy: isBehindFront,
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    http: { maxHeaderSize: HEADER_BYTES_MAX, ...PATIENCE, ...UNCHECKED_BY_NODE },
    frameworkErrors: sendFrameworkError,
    clientErrorHandler: answerClientError,
  }).withTypeProvider<TypeBoxTypeProvider>();
  answerHalfClosed(app.server);
  registerHttpRules(app);
  prepareAccess(app);
  registerProblems(app, collectRoutes(app), log);
  registerValidation(app);
  registerSerialization(app);
  app.addHook('onRequest', async (_request, reply) => {
    void reply.headers({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
  });
  // Who is refused in the midst of a body still sends the rest of it, and the thread in front would meet a closed connection
  // before it has read the answer. It ends such requests itself.
  if (isBehindFront)
    app.addHook('onSend', async (_request, reply) => void reply.removeHeader('connection'));
  return app;
}

/**
 * Whoever has sent a whole request and says that no more will come still wants the answer (RFC 9112 section 6.3). Node hangs
 * up on them unless told so, by a field that its types do not know.
 */
function answerHalfClosed(server: Server): void {
  Object.assign(server, { httpAllowHalfOpen: true });
}

/** A path that cannot even be decoded never gets to a handler of ours. */
function sendFrameworkError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  void sendRefusal(refusalOf(error), request, reply);
}
