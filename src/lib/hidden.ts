/**
 * A value that is never written down: JSON, the log, a journal and a copy for another thread all see an empty object,
 * for what is private to a class is no property. Whoever wants the value has to say so.
 */
export class Hidden<Value> {
  readonly #value: Value;

  constructor(value: Value) {
    this.#value = value;
  }

  /** What is hidden; or `otherwise`, in what was written down and read back: then nothing is left of it. */
  static reveal<Value>(hidden: Hidden<Value>, otherwise: Value): Value {
    return hidden instanceof Hidden ? hidden.#value : otherwise;
  }
}
