import { randomUUID } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type Srf from 'drachtio-srf';
import type { Logger } from '../lib/log.ts';

/** srf's end of the wire protocol: tells every message (`msg`) and each connection (`connect`), the later ones as well. */
interface Wire extends EventEmitter {
  /** Gives the id that the answer will name. */
  send(socket: Socket, message: string): string;
  disconnect(socket: Socket): void;
}

/** As far as we look into drachtio-srf: its connection to the server, once `connect` was called. */
interface Inside {
  readonly app?: { readonly client?: { readonly wp?: Wire } };
}

/**
 * What drachtio-server keeps of its application's messages is a ring of 12,228 octets, and it reads up to 8,192 at once
 * (its client.cpp). Behind a longer part of a frame the next read overwrites the beginning, and drachtio is deaf to that
 * connection from then on.
 */
const FRAME_OCTETS_MAX = 12_228 - 8_192;
/** The id that srf puts before the message, the length before that, and what parts them. */
const LEADER_OCTETS = '4036#'.length + 36 + '|'.length;
const RESPONSE = /^(sip\|[^\r]*\r\nSIP\/2\.0 )(\d{3})([^\r]*)/;

export const wireOf = (srf: Srf): Wire | undefined => (srf as unknown as Inside).app?.client?.wp;

/** drachtio-srf asks for TCP_NODELAY on its first connection only: after another one each message would wait 40 ms. */
export function sendWithoutDelay(srf: Srf): void {
  wireOf(srf)?.on('connect', (socket: Socket) => socket.setNoDelay(true));
}

/** srf forgets the half of a message that has come, and reads on: the other half would throw where nobody catches it. */
export function hearNoLastWords(srf: Srf): void {
  const wire = wireOf(srf);
  if (!wire) return;
  const disconnect = wire.disconnect.bind(wire);
  wire.disconnect = (socket) => {
    socket.removeAllListeners('data').resume();
    disconnect(socket);
  };
}

/**
 * Sends drachtio nothing that would deafen it, whoever has made a message so long: a caller can, whose headers go into
 * our answer. A response goes without its headers, which drachtio needs none of; where they matter, as 513 (RFC 3261
 * section 21.5.7). Whoever sends a request, or agrees to one, hears that it failed as drachtio would say it.
 */
export function sendShortOnly(srf: Srf, log: Logger): void {
  const wire = wireOf(srf);
  if (!wire) return;
  const send = wire.send.bind(wire);
  wire.send = (socket, message) => {
    const octets = LEADER_OCTETS + Buffer.byteLength(message);
    if (octets <= FRAME_OCTETS_MAX) return send(socket, message);
    log.warn({ octets }, 'A SIP message was too long for drachtio');
    const [, leader, status = '', reason] = RESPONSE.exec(message) ?? [];
    if (leader && !status.startsWith('2'))
      return send(socket, `${leader}${status}${reason}\r\n\r\n`);
    if (leader) send(socket, `${leader}513 Message Too Large\r\n\r\n`);
    return refused(wire, socket, `Message too long for drachtio: ${octets} octets`);
  };
}

/** The id of a message to which the answer is no. */
function refused(wire: Wire, socket: Socket, why: string): string {
  const id = randomUUID();
  setImmediate(() => wire.emit('msg', socket, `${randomUUID()}|response|${id}|NOK|${why}`));
  return id;
}
