import { lookup } from 'node:dns';
import { isNumeric } from './address.ts';

const NAMES_MAX = 1_000;
const KEEP_MS = 30_000;

/**
 * Turns host names into addresses (RFC 3263 section 4.2, address records only: a small office's trunk
 * is named by its host). Numeric hosts, nearly all of the traffic, pass through at once.
 */
export class NameResolver {
  readonly #known = new Map<string, { address: string; at: number }>();

  with(host: string, onFailed: (error: Error) => void, use: (address: string) => void): void {
    if (isNumeric(host)) {
      use(host);
      return;
    }
    const known = this.#known.get(host);
    if (known && Date.now() - known.at < KEEP_MS) {
      use(known.address);
      return;
    }
    lookup(host, { family: 4 }, (error, address) => {
      if (error) {
        onFailed(error);
        return;
      }
      if (this.#known.size >= NAMES_MAX) this.#known.clear();
      this.#known.set(host, { address, at: Date.now() });
      use(address);
    });
  }
}
