import type { LookupFunction } from 'node:net';
import { AddressRefused, NetworkGuard } from '../lib/network-guard.ts';
import { Failure } from './failure.ts';

/** What the operator allows flows to ask. */
export interface AllowedDestinations {
  /** `host` (ports 80 and 443) or `host:port`. An address that stands here may be a private one. */
  readonly hosts: readonly string[];
  /** Private networks that the hosts' names may lead to: `10.1.0.0/16`, or an address. */
  readonly privateNetworks: readonly string[];
}

/** Where requests may go: hosts that are named, and of their addresses those that may be connected to. */
export class Destinations {
  readonly #hosts: ReadonlySet<string>;
  readonly #guard: NetworkGuard;

  constructor({ hosts, privateNetworks }: AllowedDestinations) {
    this.#hosts = new Set(hosts.map((host) => host.toLowerCase()));
    this.#guard = new NetworkGuard(privateNetworks);
  }

  /** Throws a {@link Failure}. */
  check(url: URL): void {
    if (!this.allows(url)) throw new Failure('notAllowed');
  }

  /** The same, as an answer. */
  allows(url: URL): boolean {
    return url.username === '' && url.password === '' && this.#isAllowed(url);
  }

  /** For connections: resolves a name, and gives only addresses that may be connected to. */
  readonly lookup: LookupFunction = (hostname, options, callback) =>
    this.#guard.lookupFor()(hostname, options, (error, address, family) =>
      callback(
        error instanceof AddressRefused ? new Failure('notAllowed') : error,
        address,
        family,
      ),
    );

  /** Whether a name may lead to the address. */
  permits(address: string): boolean {
    return this.#guard.permits(address);
  }

  #isAllowed({ protocol, hostname, port }: URL): boolean {
    const usual = port === '' || port === '80' || port === '443';
    const actual = port || (protocol === 'https:' ? '443' : '80');
    return (usual && this.#hosts.has(hostname)) || this.#hosts.has(`${hostname}:${actual}`);
  }
}
