import { isIP } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';
import { err, ok, type Result } from './result.ts';

/** A server reached over TCP with a shared secret. */
export interface Peer {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
}

const WILDCARDS = new Set(['0.0.0.0', '::', '*']);

/** An address to listen on that no other machine could send to. */
export const isWildcard = (host: string): boolean => WILDCARDS.has(host);

/**
 * The address that a phone on the same network reaches this machine at: the first IPv4 one that is not internal,
 * or loopback on a machine without a network. Link-local addresses (RFC 3927) are no good to anybody.
 */
export function reachableAddress(interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>): string {
  const all = Object.values(interfaces).flatMap((addresses) => addresses ?? []);
  const found = all.find(
    ({ family, internal, address }) =>
      family === 'IPv4' && !internal && !address.startsWith('169.254.'),
  );
  return found?.address ?? '127.0.0.1';
}

/**
 * Reads `host[:port],…` and a secret that is one for all, or one for each with commas. An IPv6 address that has a
 * port stands in brackets. The error says what is wrong, without its value: it may hold a secret.
 */
export function parsePeers(
  hosts: string,
  defaultPort: number,
  secrets: string,
): Result<readonly Peer[], string> {
  const names = hosts.split(',');
  // A single server's secret may itself contain a comma.
  const each = names.length === 1 ? [secrets] : secrets.split(',');
  if (each.length !== 1 && each.length !== names.length)
    return err(`expected one secret, or ${names.length} as there are hosts, got ${each.length}`);
  const peers: Peer[] = [];
  for (const [index, name] of names.entries()) {
    const at = splitHostPort(name, defaultPort);
    if (!at) return err(`expected host[:port], got ${JSON.stringify(name)}`);
    peers.push({ ...at, secret: each[index] ?? each[0] ?? '' });
  }
  return ok(peers);
}

/** `host`, `host:port`, `::1` or `[::1]:port`. Undefined: none of these. */
export function splitHostPort(
  text: string,
  defaultPort: number,
): { readonly host: string; readonly port: number } | undefined {
  if (/^[0-9a-f]*:[0-9a-f.]*:[0-9a-f:.]*$/i.test(text)) return { host: text, port: defaultPort };
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/i.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? defaultPort : Number(match[3]);
  return host && port >= 1 && port <= 65_535 ? { host, port } : undefined;
}

/** An address, or a network as `10.1.0.0/16` (RFC 4632). */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  const width = family === 6 ? 128 : 32;
  const fits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= width);
  return family !== 0 && fits && rest.length === 0;
}
