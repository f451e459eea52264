import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { TrunkConfig } from '../../model/trunk.ts';
import { hostOf, portOf } from './trunk.ts';

/** Addresses and networks that one trunk's calls come from. */
export class Sources {
  /** By how they are named; of a name that leads nowhere yet, none. */
  #known = new Map<string, readonly Network[]>();
  /** A trunk whose sources nobody named is whoever speaks from where its calls are sent to, port and all. */
  #port: number | undefined;

  /** Addresses hold at once. Names are asked for; one that leads nowhere at the moment keeps what it had. Never rejects. */
  async learn(config: TrunkConfig): Promise<void> {
    const implied = config.sources.length === 0;
    const named = implied ? [hostOf(config.uri)] : config.sources;
    this.#port = implied ? portOf(config.uri) : undefined;
    const known = new Map(
      named.map((name) => [name, isName(name) ? (this.#known.get(name) ?? []) : networksOf(name)]),
    );
    this.#known = known;
    const ask = async (name: string): Promise<void> => {
      const networks = (await addressesOf(name)).flatMap(networksOf);
      if (networks.length > 0) known.set(name, networks);
    };
    await Promise.all(named.filter(isName).map(ask));
  }

  /** There is a name of which nobody has said yet where it leads. */
  get isIncomplete(): boolean {
    return [...this.#known.values()].some(({ length }) => length === 0);
  }

  include(address: string, port: number): boolean {
    if (this.#port !== undefined && this.#port !== port) return false;
    if (!ipaddr.isValid(address)) return false;
    const from = ipaddr.process(address);
    return [...this.#known.values()].flat().some(([network, bits]) => {
      return from.kind() === network.kind() && from.match(network as never, bits);
    });
  }
}

type Network = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

const isName = (text: string): boolean => isIP(text.split('/')[0] ?? '') === 0;

async function addressesOf(name: string): Promise<readonly string[]> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}

function networksOf(text: string): Network[] {
  const [address = '', bits] = text.split('/');
  if (!ipaddr.isValid(address)) return [];
  const network = ipaddr.process(address);
  return [[network, bits === undefined ? (network.kind() === 'ipv6' ? 128 : 32) : Number(bits)]];
}
