import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CodedError, refusal } from '../../lib/errors.ts';

/** Node would answer these itself, without a body; its options say that it must not. */
export const UNCHECKED_BY_NODE = { requireHostHeader: false };

/** What HTTP demands of the head of a request is refused as everything else is. Before all other hooks. */
export function registerHttpRules(app: FastifyInstance): void {
  app.server.on('checkExpectation', (request, response) =>
    app.server.emit('request', request, response),
  );
  app.addHook('onRequest', async (request) => {
    demandHost(request);
    demandNothingExpected(request);
  });
}

/** RFC 9112 section 3.2: one Host in every request since HTTP/1.1, and never two of them. */
function demandHost({ raw: { rawHeaders, httpVersion } }: FastifyRequest): void {
  const hosts = rawHeaders.filter((name, n) => n % 2 === 0 && /^host$/i.test(name)).length;
  if (hosts === 1 || (hosts === 0 && httpVersion === '1.0')) return;
  throw new CodedError(refusal('REQUEST_INVALID', 'A request has one Host.'));
}

/** RFC 9110 section 10.1.1: there is nothing else that could be expected. */
function demandNothingExpected({ headers: { expect } }: FastifyRequest): void {
  if (expect === undefined || /(?:^|\W)100-continue(?:$|\W)/i.test(expect)) return;
  throw new CodedError(refusal('EXPECTATION_FAILED', 'Only 100-continue is understood.'));
}
