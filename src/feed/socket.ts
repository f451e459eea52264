import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { ERRORS, type ErrorCode } from '../lib/errors.ts';
import { newUuid } from '../lib/ids.ts';
import { asksForWebsocket, ignoreUpgrade } from '../lib/ignored-upgrade.ts';
import { isFromOwnPage, presentedBy } from '../lib/presented.ts';
import { FEED_PATH as PATH } from './asyncapi.ts';
import { Feed, type FeedOptions } from './feed.ts';
import { FEED_SUBPROTOCOL } from './protocol.ts';
import type { Guest } from './session.ts';

const MESSAGE_BYTES_MAX = 16_384;
const CLOSE_MS_MAX = 1_000;

export type OpenFeedOptions = Omit<FeedOptions, 'feedId'> & {
  /** The API's server, listening or not yet. */
  readonly server: Server;
};

export interface OpenFeed {
  readonly clients: number;
  /** Says goodbye to every client and takes no more. Idempotent; within a second. */
  close(): Promise<void>;
}

/** Serves the feed at /v1/feed of the server. A key in the headers is checked before the upgrade. */
export function openFeed(options: OpenFeedOptions): OpenFeed {
  const { server, log } = options;
  const feed = new Feed({ ...options, feedId: newUuid() });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    perMessageDeflate: false,
    clientTracking: true,
    handleProtocols: (offered) => offered.has(FEED_SUBPROTOCOL) && FEED_SUBPROTOCOL,
  });
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (!asksForWebsocket(request)) return ignoreUpgrade(server, request, socket, head);
    socket.on('error', () => socket.destroy());
    void admit(options, feed, request).then((admission) => {
      if (socket.destroyed) return;
      if (typeof admission === 'string') return refuse(socket, admission);
      sockets.handleUpgrade(request, socket, head, (client) =>
        attach(feed, client, socket, admission.guest),
      );
    });
  };
  sockets.on('wsClientError', (error, socket) => {
    log.debug({ error: error.message }, 'Not a websocket');
    refuse(socket, 'REQUEST_INVALID');
  });
  server.on('upgrade', onUpgrade);
  let closed: Promise<void> | undefined;
  return {
    get clients() {
      return feed.clients;
    },
    close() {
      server.off('upgrade', onUpgrade);
      closed ??= closeAll(feed, sockets, options);
      return closed;
    },
  };
}

/** Whether a client may come in, and whether it has said who it is. */
async function admit(
  { authenticator }: OpenFeedOptions,
  feed: Feed,
  request: IncomingMessage,
): Promise<{ readonly guest: Guest | undefined } | ErrorCode> {
  if ((request.url ?? '').split('?')[0] !== PATH) return 'ROUTE_UNKNOWN';
  const { headers } = request;
  const offered = headers['sec-websocket-protocol'];
  if (offered !== undefined && !offered.split(',').some((name) => name.trim() === FEED_SUBPROTOCOL))
    return 'REQUEST_INVALID';
  const presented = presentedBy(headers);
  // A browser sends the cookie along for whatever page asks it to.
  if (presented?.by === 'cookie' && !isFromOwnPage(headers)) return 'FORBIDDEN';
  if (!presented) {
    if (headers.authorization) return 'UNAUTHENTICATED';
    return feed.isFullFor(undefined) ? 'OVERLOADED' : { guest: undefined };
  }
  const verify = () => authenticator.verify(presented.secret);
  try {
    const principal = await verify();
    if (!principal) return 'UNAUTHENTICATED';
    if (!principal.scopes.includes('feed:read')) return 'FORBIDDEN';
    return feed.isFullFor(principal) ? 'OVERLOADED' : { guest: { principal, verify } };
  } catch {
    return 'DATABASE_AWAY';
  }
}

function refuse(socket: Duplex, code: ErrorCode): void {
  const { httpStatus, title } = ERRORS[code];
  const type = `urn:centralita:error:${code}`;
  const body = JSON.stringify({
    type,
    title,
    status: httpStatus,
    code,
    detail: title,
    instance: PATH,
  });
  const head = [
    `HTTP/1.1 ${httpStatus} ${code}`,
    'connection: close',
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function attach(feed: Feed, client: WebSocket, socket: Duplex, guest: Guest | undefined): void {
  const connection = feed.connect(
    {
      get bufferedAmount() {
        return client.bufferedAmount;
      },
      // Nothing of ws' own is ever in between: it compresses nothing, and writes what it is given at once.
      sendFrame(frame) {
        if (client.readyState === client.OPEN && socket.writable) socket.write(frame);
      },
      ping: () => client.ping(),
      close: (code, reason) => client.close(code, reason),
      terminate: () => client.terminate(),
    },
    guest,
  );
  client.on('message', (data, isBinary) => connection.received(isBinary ? '' : String(data)));
  client.on('ping', () => connection.pinged());
  client.on('pong', () => connection.pong());
  client.on('close', () => connection.gone());
  // A broken frame or a lost connection: `close` follows.
  client.on('error', () => undefined);
}

async function closeAll(
  feed: Feed,
  sockets: WebSocketServer,
  { clock }: OpenFeedOptions,
): Promise<void> {
  feed.close();
  const closing = [...sockets.clients].map(
    (client) => new Promise<void>((resolve) => client.once('close', () => resolve())),
  );
  const limit = clock.after(CLOSE_MS_MAX, () => {
    for (const client of sockets.clients) client.terminate();
  });
  await Promise.all(closing);
  limit.cancel();
  sockets.close();
}
