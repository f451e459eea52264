import { isIP } from 'node:net';

export type Protocol = 'udp' | 'tcp' | 'tls';

/** Whether it goes over connections: reliable, and answered on the one that a request came by. */
export const isStream = (protocol: Protocol): protocol is 'tcp' | 'tls' => protocol !== 'udp';

/** Where a URI or Via without a port leads (RFC 3261 section 19.1.2). */
export const defaultPort = (protocol: Protocol): number => (protocol === 'tls' ? 5061 : 5060);

/** Where a message goes. `connectionId` prefers a living connection over opening one. */
export interface Target {
  readonly protocol: Protocol;
  readonly host: string;
  readonly port: number;
  readonly connectionId?: string;
}

/** Where a message came from and which of our sockets heard it. */
export interface Origin extends Target {
  readonly localHost: string;
  readonly localPort: number;
}

export const addressKey = (host: string, port: number): string => `${host}:${port}`;

/** An IPv6 address in a URI or Via stands in brackets; a socket wants it without. */
export const bare = (host: string): string => host.replace(/^\[|\]$/g, '');
export const bracketed = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host);
export const isNumeric = (host: string): boolean => isIP(bare(host)) !== 0;

/** IPv4 peers of a dual-stack socket are written as IPv4, so that addresses compare. */
export const plainAddress = (host: string): string => host.replace(/^::ffff:/i, '');
