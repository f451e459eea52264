/** A text as a netstring (cr.yp.to/proto/netstrings.txt): what baresip's ctrl_tcp speaks. */
export function netstring(text: string): string {
  return `${Buffer.byteLength(text)}:${text},`;
}

/** Cuts a stream of netstrings into texts. */
export class Netstrings {
  #rest: Buffer = Buffer.alloc(0);
  readonly #take: (text: string) => void;

  constructor(take: (text: string) => void) {
    this.#take = take;
  }

  feed(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const colon = this.#rest.indexOf(':');
      if (colon < 0) return;
      const length = Number(this.#rest.toString('latin1', 0, colon));
      const end = colon + 1 + length;
      if (this.#rest.length <= end) return;
      const text = this.#rest.toString('utf8', colon + 1, end);
      this.#rest = this.#rest.subarray(end + 1);
      this.#take(text);
    }
  }
}
