import type Srf from 'drachtio-srf';
import type { SipMessageSeen } from '../runtime/ports/meters.ts';
import { wireOf } from './drachtio-wire.ts';

const METHODS = new Set([
  'INVITE',
  'ACK',
  'BYE',
  'CANCEL',
  'REGISTER',
  'OPTIONS',
  'INFO',
  'UPDATE',
  'PRACK',
  'REFER',
  'NOTIFY',
  'SUBSCRIBE',
  'MESSAGE',
  'PUBLISH',
]);
/** Headers end long before; a body is none of our business. */
const HEAD_MAX = 4_096;

/**
 * Tells of every SIP message between drachtio and the network, both ways. drachtio names the ones that it received
 * (`<id>|sip|network|…`) and answers the ones that it was told to send with what it has sent (`<id>|response|<id>|OK|…`).
 */
export function watchSip(srf: Srf, seen: (message: SipMessageSeen) => void): void {
  wireOf(srf)?.on('msg', (_socket: unknown, text: string) => {
    const end = text.indexOf('\r\n');
    if (end < 0) return;
    const direction = directionOf(text.slice(0, end).split('|'));
    const message = direction && read(text.slice(end + 2, end + 2 + HEAD_MAX));
    if (direction && message) seen({ direction, ...message });
  });
}

function directionOf(token: readonly string[]): SipMessageSeen['direction'] | undefined {
  if (token[1] === 'sip') return token[2] === 'network' ? 'received' : undefined;
  return token[1] === 'response' && token[3] === 'OK' ? 'sent' : undefined;
}

/** RFC 3261 section 7: a request line, or a status line and the method in CSeq. */
function read(head: string): Omit<SipMessageSeen, 'direction'> | undefined {
  const status = /^SIP\/2\.0 ([1-6]\d\d) /.exec(head)?.[1];
  if (status === undefined) {
    const method = /^([A-Z]+) \S+ SIP\/2\.0\r\n/.exec(head)?.[1];
    return method === undefined ? undefined : { method: known(method) };
  }
  const method = /\r\nCSeq\s*:\s*\d+\s+([A-Z]+)/i.exec(head)?.[1] ?? '';
  return { method: known(method), status: Number(status) };
}

/** What strangers invent is one kind: a label for each would fill the memory. */
const known = (method: string): string => (METHODS.has(method) ? method : 'other');
