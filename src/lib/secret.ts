import { inspect } from 'node:util';

const HIDDEN = '(secret)';

/** A password that is used and never shown: no log, no JSON and no error message gets at it by accident. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  /** So that configurations can be compared without looking. */
  equals(other: Secret | undefined): boolean {
    return other !== undefined && other.#text === this.#text;
  }

  toJSON(): string {
    return HIDDEN;
  }

  toString(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
