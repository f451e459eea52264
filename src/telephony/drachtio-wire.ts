import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type Srf from 'drachtio-srf';

/** As far as we look into drachtio-srf: its connection to the server, once `connect` was called. */
interface Inside {
  readonly app?: { readonly client?: { readonly wp?: EventEmitter } };
}

/** Tells every message of the wire protocol (`msg`) and each connection (`connect`), the later ones as well. */
export const wireOf = (srf: Srf): EventEmitter | undefined =>
  (srf as unknown as Inside).app?.client?.wp;

/** drachtio-srf asks for TCP_NODELAY on its first connection only: after another one each message would wait 40 ms. */
export function sendWithoutDelay(srf: Srf): void {
  wireOf(srf)?.on('connect', (socket: Socket) => socket.setNoDelay(true));
}
