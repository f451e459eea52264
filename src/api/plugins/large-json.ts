import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readJsonAside } from '../../lib/json-thread.ts';
import { jsonReader } from './validation.ts';

/** What is smaller is read in a millisecond or two. */
const LARGE_BYTES = 250_000;

/** Has large bodies of this scope read beside the calls; what is wrong with one is said as of every other. */
export function takeLargeJson(app: FastifyInstance): void {
  const read = jsonReader(app);
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, bytes: Buffer) => {
      const aside = bytes.length < LARGE_BYTES ? undefined : await readJsonAside(bytes);
      if (aside) return aside.value;
      return new Promise((resolve, reject) =>
        read(request, bytes.toString(), (error, body) => (error ? reject(error) : resolve(body))),
      );
    },
  );
}
