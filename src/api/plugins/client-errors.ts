import type { Socket } from 'node:net';
import { ERRORS, type ErrorCode, refusal } from '../../lib/errors.ts';
import { problemOf } from './problems.ts';

const CODES: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
};

/** What is not HTTP, or does not come to its end, gets one last answer: no request of it ever was. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  // Whoever has had part of an answer cannot make sense of a second one.
  if (!socket.writable || socket.bytesWritten > 0) {
    socket.destroy(error);
    return;
  }
  const code = CODES[error.code ?? ''] ?? 'REQUEST_INVALID';
  const { httpStatus } = ERRORS[code];
  const body = JSON.stringify(
    problemOf(refusal(code, 'This is not a request that can be read.'), '/'),
  );
  const head = [
    `HTTP/1.1 ${httpStatus} ${code}`,
    'connection: close',
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
