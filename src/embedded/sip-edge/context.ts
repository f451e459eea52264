import type { Clock, Timer } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import {
  type AnyClientTransaction,
  type AnyServerTransaction,
  type Protocol,
  type SipMessage,
  type SipUri,
  serialise,
  type Target,
  type TimerValues,
  type TransactionLayer,
  targetOfUri,
} from '../sip/index.ts';
import type { Bindings } from './bindings.ts';
import type { CdrWriter } from './cdr.ts';
import type { Client } from './client.ts';
import type { DialogStore, EdgeDialog } from './dialogs.ts';
import type { Directory } from './directory.ts';
import { formatMeta } from './wire.ts';

/** A request from the network that a client has to answer. */
export interface NetTransaction {
  readonly id: string;
  readonly transaction: AnyServerTransaction;
  readonly client: Client;
  /** The To tag of all our answers; the client may set it with its first one. */
  toTag: string;
  /** Set once the first request of a dialog was answered with a tag, or for in-dialog requests. */
  dialog?: EdgeDialog;
  readonly inDialog: boolean;
  deadline?: Timer;
}

/** A request that a client had us send. */
export interface AppTransaction {
  readonly id: string;
  readonly client: Client;
  readonly transaction: AnyClientTransaction;
  readonly dialog?: EdgeDialog;
  heard: boolean;
  /** A CANCEL that waits for the first provisional response (RFC 3261 section 9.1). */
  heldCancel?: () => void;
}

/** What the parts of the edge share. One thread, so no locks. */
export interface EdgeContext {
  readonly layer: TransactionLayer;
  readonly clock: Clock;
  readonly timers: TimerValues;
  readonly logger: Logger;
  readonly directory: Directory;
  readonly dialogs: DialogStore;
  readonly bindings: Bindings;
  readonly cdr: CdrWriter;
  readonly net: Map<string, NetTransaction>;
  readonly netOf: WeakMap<AnyServerTransaction, NetTransaction>;
  readonly app: Map<string, AppTransaction>;
}

export function localAddress(context: EdgeContext): { host: string; port: number } {
  const { host, port } = context.layer.transport;
  return { host, port };
}

/** Whether a URI leads to the address that we give as ours. */
export function isOurs({ layer }: EdgeContext, uri: SipUri): boolean {
  const port = uri.port ?? targetOfUri(uri)?.port;
  return uri.host === layer.transport.host && port !== undefined && layer.transport.hears(port);
}

/** Our Contact for a peer that is reached by this protocol. */
export function localContact(context: EdgeContext, protocol: Protocol): string {
  const { host } = localAddress(context);
  const port = context.layer.transport.portFor(protocol);
  return `<sip:${host}:${port}${protocol === 'udp' ? '' : `;transport=${protocol}`}>`;
}

/** Text and meta line of a message that came from the network. */
export function heard(context: EdgeContext, message: SipMessage, origin: Target) {
  const raw = serialise(message);
  const meta = formatMeta(
    { source: 'network', bytes: Buffer.byteLength(raw), ...origin },
    context.clock,
  );
  return { raw, meta };
}

/** Text and meta line of a response that stands for a timeout or an unreachable peer. */
export function madeUp(context: EdgeContext, message: SipMessage, protocol: Protocol) {
  const meta = { source: 'network', bytes: 0, protocol, host: '', port: 0 } as const;
  return { raw: serialise(message), meta: formatMeta(meta, context.clock) };
}

/** Text and meta line of a message that we sent: requests tell our address, responses the peer's. */
export function sent(
  context: EdgeContext,
  message: SipMessage,
  peer: { readonly protocol: Protocol; readonly host: string; readonly port: number },
) {
  const raw = serialise(message);
  const { protocol, host, port } = peer;
  const meta = formatMeta(
    { source: 'application', bytes: Buffer.byteLength(raw), protocol, host, port },
    context.clock,
  );
  return { raw, meta };
}
