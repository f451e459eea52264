import { Agent, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { ERRORS, refusal } from '../lib/errors.ts';
import { problemOf } from './plugins/problems.ts';

/** Of one connection alone (RFC 9110 section 7.6.1), and what only we may say of where a request came from. */
const NOT_PASSED_ON =
  /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|forwarded|x-forwarded-.*|x-real-ip)$/;
/** Requests at once; more wait for their turn. A stranger's body is not waited for. */
const SOCKETS_MAX = 1_000;
const IDLE_SOCKETS_MAX = 32;
/** The other end closes what is idle for 65 s: who reuses a connection must not meet that. */
const IDLE_MS_MAX = 30_000;

export interface Forwarder {
  /** Has the request answered by the server behind. */
  forward(request: IncomingMessage, response: ServerResponse): void;
  close(): void;
}

/** Passes requests on to the server that listens at a path of this machine; bodies stream both ways. */
export function openForwarder(socketPath: string): Forwarder {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: SOCKETS_MAX,
    maxFreeSockets: IDLE_SOCKETS_MAX,
    timeout: IDLE_MS_MAX,
  });
  return {
    forward(request, response) {
      const { method, url: path } = request;
      const headers = headersOf(request);
      const asked = ask({ socketPath, agent, method, path, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, passedOn(answer.headers));
        // Whichever end goes away takes the other with it.
        pipeline(answer, response, () => undefined);
      });
      asked.on('error', () => refuse(request, response));
      response.once('close', () => {
        if (!response.writableFinished) asked.destroy();
      });
      // Whoever has the answer and still sends, slowly, what nobody waits for, holds no place behind.
      response.once('finish', () => {
        if (request.complete) return;
        request.unpipe(asked);
        asked.destroy();
        request.resume();
      });
      request.pipe(asked);
    },
    close: () => agent.destroy(),
  };
}

function headersOf({ headers, socket }: IncomingMessage) {
  const body = headers['transfer-encoding'] === undefined ? {} : { 'transfer-encoding': 'chunked' };
  return { ...passedOn(headers), ...body, 'x-forwarded-for': socket.remoteAddress ?? '' };
}

const passedOn = (headers: IncomingMessage['headers']) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_PASSED_ON.test(name)));

/** The server behind is not there, or went away in the midst of it. */
function refuse({ url = '/' }: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const why = refusal('OVERLOADED', 'The request could not be passed on.');
  response.writeHead(ERRORS.OVERLOADED.httpStatus, {
    'content-type': 'application/problem+json; charset=utf-8',
    'retry-after': '2',
  });
  response.end(JSON.stringify(problemOf(why, url)));
}
