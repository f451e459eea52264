import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CodedError, refusal } from '../../lib/errors.ts';
import type { ApiKey, ApiKeyVerifier } from '../../runtime/ports.admin.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks: set for every request below /v1. */
    apiKey: ApiKey | null;
  }
}

/** Lets nobody without a valid key at the routes of `app`. Before the body is read: strangers cost little. */
export function registerAuthentication(app: FastifyInstance, keys: ApiKeyVerifier): void {
  app.decorateRequest('apiKey', null);
  app.addHook('onRequest', async (request) => {
    const presented = presentedKey(request);
    if (presented === undefined)
      throw new CodedError(
        refusal('UNAUTHENTICATED', 'Send Authorization: Bearer <key>, or X-API-Key: <key>.'),
      );
    const key = await keys.verify(presented);
    if (!key) throw new CodedError(refusal('UNAUTHENTICATED', 'The key is not known here.'));
    request.apiKey = key;
  });
}

function presentedKey(request: FastifyRequest): string | undefined {
  const { authorization, 'x-api-key': header } = request.headers;
  if (typeof header === 'string' && header !== '') return header;
  return /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}
