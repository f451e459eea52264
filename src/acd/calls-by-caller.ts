/** Whoever may be known by a number, as a link in the chain of those who are known by the same one. */
interface Linked<Call> {
  readonly callerKey: string | undefined;
  /** Set by the index alone. */
  sibling: Call | undefined;
}

/** Calls by who is calling. Hardly anybody has two: a chain costs a call no more than a field. */
export class CallsByCaller<Call extends Linked<Call>> {
  readonly #newest = new Map<string, Call>();

  /** Anonymous callers are in no index. */
  add(call: Call): void {
    const { callerKey } = call;
    if (callerKey === undefined) return;
    call.sibling = this.#newest.get(callerKey);
    this.#newest.set(callerKey, call);
  }

  /** The call is in the index, unless it is anonymous. */
  delete(call: Call): void {
    const { callerKey, sibling } = call;
    if (callerKey === undefined) return;
    call.sibling = undefined;
    const newest = this.#newest.get(callerKey);
    if (newest === call) {
      if (sibling) this.#newest.set(callerKey, sibling);
      else this.#newest.delete(callerKey);
      return;
    }
    for (let other = newest; other; other = other.sibling) {
      if (other.sibling === call) other.sibling = sibling;
    }
  }

  /** All of them. */
  *[Symbol.iterator](): IterableIterator<Call> {
    for (const callerKey of this.#newest.keys()) yield* this.of(callerKey);
  }

  /** The newest first. */
  *of(callerKey: string): IterableIterator<Call> {
    for (let call = this.#newest.get(callerKey); call; call = call.sibling) yield call;
  }
}
