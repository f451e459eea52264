import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/** Text that is JSON already, as the reports' thread wrote it. */
export const sendJson = (reply: FastifyReply, text: string): FastifyReply =>
  reply.type('application/json; charset=utf-8').send(Buffer.from(text));

export const sendCsv = (reply: FastifyReply, name: string, body: string | Readable): FastifyReply =>
  reply
    .header('content-disposition', `attachment; filename="${name}.csv"`)
    .type('text/csv; charset=utf-8')
    .send(typeof body === 'string' ? Buffer.from(body) : body);

/**
 * A part after the other, each asked for when the one before has been taken: whoever reads slowly is waited for, and
 * costs the memory of one part. The first is here already, so that what cannot be told is refused in time.
 */
export function partsOf<Place>(
  first: { readonly text: string; readonly next?: Place },
  more: (from: Place) => Promise<{ readonly text: string; readonly next?: Place }>,
): Readable {
  async function* parts() {
    let part = first;
    for (;;) {
      if (part.text !== '') yield part.text;
      if (part.next === undefined) return;
      part = await more(part.next);
    }
  }
  return Readable.from(parts(), { objectMode: false, highWaterMark: 1 });
}
