import type { PhoneLine, PhoneLines } from '../runtime/ports/phones.ts';

/** One call of a phone, while it lasts. */
export interface Line {
  /** It rings no longer: somebody speaks. */
  answered(): void;
  /** Idempotent. */
  over(): void;
}

interface OpenLine {
  shown: PhoneLine;
  doubt(): void;
}

/** What each extension's phones are in the midst of: whatever leg they have, of queues, flows, colleagues or codes. */
export class LineBoard implements PhoneLines {
  readonly #lines = new Map<string, Set<OpenLine>>();
  #listener: (extension: string) => void = () => {};

  of(extension: string): readonly PhoneLine[] {
    return [...(this.#lines.get(extension) ?? [])].map(({ shown }) => shown);
  }

  onChange(listener: (extension: string) => void): void {
    this.#listener = listener;
  }

  /**
   * A phone of the extension begins to ring, or has called us. `doubt`: it may have died, or begun a new life; if so, the
   * leg ends.
   */
  open(extension: string, first: PhoneLine, doubt: () => void): Line {
    const line: OpenLine = { shown: first, doubt };
    const lines = this.#lines.get(extension) ?? new Set();
    this.#lines.set(extension, lines.add(line));
    this.#listener(extension);
    return {
      answered: () => {
        if (!lines.has(line)) return;
        line.shown = { ...line.shown, state: 'confirmed' };
        this.#listener(extension);
      },
      over: () => {
        if (!lines.delete(line)) return;
        if (lines.size === 0) this.#lines.delete(extension);
        this.#listener(extension);
      },
    };
  }

  /** A phone of the extension has fallen silent, or begun a new life: is it still in its calls? */
  doubt(extension: string): void {
    for (const line of [...(this.#lines.get(extension) ?? [])]) line.doubt();
  }
}
