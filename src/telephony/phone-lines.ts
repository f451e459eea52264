import type { PhoneLine, PhoneLines } from '../runtime/ports/phones.ts';

/** One call of a phone, while it lasts. */
export interface Line {
  /** It rings no longer: somebody speaks. */
  answered(): void;
  /** Idempotent. */
  over(): void;
}

/** What each extension's phones are in the midst of: whatever leg they have, of queues, flows, colleagues or codes. */
export class LineBoard implements PhoneLines {
  readonly #lines = new Map<string, Set<PhoneLine>>();
  #listener: (extension: string) => void = () => {};

  of(extension: string): readonly PhoneLine[] {
    return [...(this.#lines.get(extension) ?? [])];
  }

  onChange(listener: (extension: string) => void): void {
    this.#listener = listener;
  }

  /** A phone of the extension begins to ring, or has called us. */
  open(extension: string, first: PhoneLine): Line {
    let line: PhoneLine | undefined;
    const become = (next: PhoneLine | undefined): void => {
      if (line) this.#remove(extension, line);
      line = next;
      if (next) this.#linesOf(extension).add(next);
      this.#listener(extension);
    };
    become(first);
    return {
      answered: () => line && become({ ...line, state: 'confirmed' }),
      over: () => line && become(undefined),
    };
  }

  #linesOf(extension: string): Set<PhoneLine> {
    const lines = this.#lines.get(extension) ?? new Set();
    this.#lines.set(extension, lines);
    return lines;
  }

  #remove(extension: string, line: PhoneLine): void {
    const lines = this.#linesOf(extension);
    lines.delete(line);
    if (lines.size === 0) this.#lines.delete(extension);
  }
}
