import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { actingAs } from '../../lib/acting.ts';
import { CodedError, refusal } from '../../lib/errors.ts';
import { isFromOwnPage, presentedBy } from '../../lib/presented.ts';
import { actorOf, type Principal, type RouteScope } from '../../model/access.ts';
import type { Doorkeeper } from '../../runtime/ports/access.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks. Reading it where nobody had to say who they are (`open`) is a mistake, and throws. */
    readonly principal: Principal;
  }
  interface FastifyContextConfig {
    /** What whoever asks must be allowed. Every route has one: the server does not start otherwise. */
    scope?: RouteScope;
  }
}

/** RFC 9110 section 9.2.1. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

const principals = new WeakMap<FastifyRequest, Principal>();

/** Before the first route: `request.principal`, and that every route says what it takes. */
export function prepareAccess(app: FastifyInstance): void {
  app.decorateRequest('principal', {
    getter(this: FastifyRequest) {
      const principal = principals.get(this);
      if (!principal) throw new Error('Nobody has been asked who they are.');
      return principal;
    },
  });
}

/** Lets nobody at the routes of `app` who may not. Before the body is read: strangers cost little. */
export function registerAuthentication(app: FastifyInstance, authenticator: Doorkeeper): void {
  app.addHook('onRoute', declareScope);
  actAsPrincipal(app);
  app.addHook('onRequest', async (request) => {
    const { scope } = request.routeOptions.config;
    if (scope === 'open') return;
    const principal = await identify(request, authenticator);
    principals.set(request, principal);
    // A path that does not exist has no scope: it is answered as such, to those who are known.
    if (scope === undefined || scope === 'self' || principal.scopes.includes(scope)) return;
    throw new CodedError(
      refusal('FORBIDDEN', `${principal.name} would need the scope ${scope} for this.`),
    );
  });
}

/**
 * From here on, whatever is done is done by whoever asks. After the body has been read, which comes by events that
 * know nothing of the request. Who only looks does nothing: to know who acts costs every promise a little.
 */
function actAsPrincipal(app: FastifyInstance): void {
  app.addHook('preValidation', (request, _reply, done) => {
    const principal = principals.get(request);
    if (principal && !SAFE_METHODS.has(request.method)) actingAs(actorOf(principal), done);
    else done();
  });
}

/** In the document, too: whoever makes a key wants to know which scopes it needs. */
function declareScope(route: RouteOptions): void {
  const scope = route.config?.scope;
  if (scope === undefined)
    throw new Error(`The route ${route.method} ${route.url} declares no scope (config.scope).`);
  route.schema = { ...route.schema, 'x-scope': scope } as NonNullable<RouteOptions['schema']>;
}

async function identify(request: FastifyRequest, authenticator: Doorkeeper): Promise<Principal> {
  const presented = presentedBy(request.headers);
  if (presented === undefined)
    throw new CodedError(
      refusal('UNAUTHENTICATED', 'Send Authorization: Bearer <key or token>, or X-API-Key: <key>.'),
    );
  const changes = !SAFE_METHODS.has(request.method);
  if (presented.by === 'cookie' && changes && !isFromOwnPage(request.headers))
    throw new CodedError(refusal('FORBIDDEN', 'This came from a page of another site.'));
  const principal = await authenticator.verify(presented.secret);
  if (principal) return principal;
  const why = await authenticator.whyNot(presented.secret);
  throw new CodedError(
    refusal('UNAUTHENTICATED', why ?? 'The key is not known here, or the session is over.'),
  );
}
