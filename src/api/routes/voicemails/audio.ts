import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { FastifyReply } from 'fastify';
import { byteRange } from '../../../lib/byte-range.ts';
import { CodedError, refusal } from '../../../lib/errors.ts';

/** Sends a WAV file, or the part that was asked for: players jump, and fetch what they need (RFC 9110 section 14). */
export async function sendAudio(
  reply: FastifyReply,
  file: string,
  range: string | undefined,
): Promise<FastifyReply> {
  const size = await stat(file).then(
    (found) => found.size,
    () => undefined,
  );
  if (size === undefined) throw new CodedError(refusal('NOT_FOUND', 'Its sound is gone.'));
  void reply.header('accept-ranges', 'bytes').type('audio/wav');
  const part = byteRange(range, size);
  if (part === undefined) return reply.header('content-length', size).send(createReadStream(file));
  if (part === 'unsatisfiable') {
    return reply.code(416).header('content-range', `bytes */${size}`).send();
  }
  const { start, end } = part;
  return reply
    .code(206)
    .header('content-range', `bytes ${start}-${end}/${size}`)
    .header('content-length', end - start + 1)
    .send(createReadStream(file, { start, end }));
}
