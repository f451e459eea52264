import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { TrunkConfig } from '../../model/trunk.ts';
import { hostOf, portOf } from './trunk.ts';

/** Addresses and networks that one trunk's calls come from. */
export class Sources {
  #networks: readonly Network[] = [];
  /** A trunk whose sources nobody named is whoever speaks from where its calls are sent to, port and all. */
  #port: number | undefined;

  /** Asks for the addresses of names; one that has none at the moment keeps what it had. Never rejects. */
  async learn(config: TrunkConfig): Promise<void> {
    const implied = config.sources.length === 0;
    const named = implied ? [hostOf(config.uri)] : config.sources;
    this.#port = implied ? portOf(config.uri) : undefined;
    const found = await Promise.all(named.map(addressesOf));
    const networks = found.flat().flatMap(networkOf);
    if (networks.length > 0) this.#networks = networks;
  }

  include(address: string, port: number): boolean {
    if (this.#port !== undefined && this.#port !== port) return false;
    if (!ipaddr.isValid(address)) return false;
    const from = ipaddr.process(address);
    return this.#networks.some(([network, bits]) => {
      return from.kind() === network.kind() && from.match(network as never, bits);
    });
  }
}

type Network = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

async function addressesOf(name: string): Promise<readonly string[]> {
  const [host = ''] = name.split('/');
  if (isIP(host) !== 0) return [name];
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}

function networkOf(text: string): Network[] {
  const [address = '', bits] = text.split('/');
  if (!ipaddr.isValid(address)) return [];
  const network = ipaddr.process(address);
  return [[network, bits === undefined ? (network.kind() === 'ipv6' ? 128 : 32) : Number(bits)]];
}
