const VARIABLES_MAX = 500;
const VALUE_LENGTH_MAX = 65_536;

/** A channel's variables, in the order in which they were set. */
export class Variables {
  readonly #values = new Map<string, string>();

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** An empty value, or none, takes the variable away, as in FreeSWITCH. */
  set(name: string, value: string | number | undefined): void {
    if (name === '') return;
    if (value === undefined || value === '') this.#values.delete(name);
    else if (this.#values.has(name) || this.#values.size < VARIABLES_MAX) {
      this.#values.set(name, String(value).slice(0, VALUE_LENGTH_MAX));
    }
  }

  setAll(values: Iterable<readonly [string, string | number | undefined]>): void {
    for (const [name, value] of values) this.set(name, value);
  }

  isTrue(name: string): boolean {
    return isTrue(this.#values.get(name));
  }

  entries(): IterableIterator<[string, string]> {
    return this.#values.entries();
  }

  /** Replaces `${name}`; once, so that what a caller wrote is never read again. */
  expand(text: string): string {
    if (!text.includes('${')) return text;
    return text.replace(/\$\{([^{}]+)\}/g, (_, name: string) => this.#values.get(name) ?? '');
  }
}

/** What FreeSWITCH takes for yes (switch_true). */
export function isTrue(value: string | undefined): boolean {
  return (
    value !== undefined && /^(yes|on|true|t|enabled|active|allow|[1-9]\d*)$/i.test(value.trim())
  );
}
