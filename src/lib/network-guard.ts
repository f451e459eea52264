import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** The name leads nowhere that may be connected to. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

/** getaddrinfo takes a thread of the pool that files and hashes wait for, too: slow resolvers get two of them. */
const LOOKUPS_MAX = 2;
/** Who waits for one. Beyond it, names are refused: a flood must not grow here. */
const WAITING_MAX = 1_000;

/** `dns.lookup`, asked for all addresses. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void,
) => void;

/**
 * Keeps connections away from addresses that belong to no host on the internet (IANA's special-purpose registries, RFC
 * 6890: the house itself, its neighbours, the cloud's own services), except in the networks that the operator names.
 * Names are judged by the addresses they lead to at the moment of connecting, and the connection goes to the address
 * that was judged: a name that answers differently the next time gains nothing.
 */
export class NetworkGuard {
  readonly #named: readonly ReturnType<typeof networkOf>[];
  readonly #resolve: Resolve;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** `named`: addresses and networks as `10.1.0.0/16`. Throws on what is neither. `resolve`: of tests with names of their own. */
  constructor(named: readonly string[], resolve: Resolve = lookup) {
    this.#named = named.map(networkOf);
    this.#resolve = resolve;
  }

  /** Whether a connection may be made to the address. */
  permits(address: string): boolean {
    if (isIP(address) === 0) return false;
    // An IPv4 address in IPv6's clothes (RFC 4291 section 2.5.5.2) is judged as what it is.
    const plain = ipaddr.process(address);
    return plain.range() === 'unicast' || this.isNamed(address);
  }

  /** Whether the operator has named it. */
  isNamed(address: string): boolean {
    if (isIP(address) === 0) return false;
    const plain = ipaddr.process(address);
    return this.#named.some(
      ([network, bits]) => network.kind() === plain.kind() && plain.match(network, bits),
    );
  }

  /** For connections: resolves a name, and gives only addresses that `accepts`. */
  lookupFor(accepts: (address: string) => boolean = (address) => this.permits(address)) {
    const guarded: LookupFunction = (hostname, options, callback) => {
      const resolve = (): void => {
        this.#running += 1;
        this.#resolve(hostname, { ...options, all: true }, (error, found) => {
          this.#running -= 1;
          this.#waiting.shift()?.();
          const addresses = (found ?? []).filter(({ address }) => accepts(address));
          const [first] = addresses;
          if (error) callback(error, '', 0);
          else if (!first) callback(new AddressRefused(), '', 0);
          else if (options.all) callback(null, addresses);
          else callback(null, first.address, first.family);
        });
      };
      if (this.#running < LOOKUPS_MAX) resolve();
      else if (this.#waiting.length < WAITING_MAX) this.#waiting.push(resolve);
      else callback(new Error('Too many names at once'), '', 0);
    };
    return guarded;
  }
}

function networkOf(text: string) {
  if (text.includes('/')) return ipaddr.parseCIDR(text);
  const address = ipaddr.parse(text);
  return [address, address.kind() === 'ipv6' ? 128 : 32] as const;
}
