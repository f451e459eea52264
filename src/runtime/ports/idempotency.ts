/** An answer as it left, to be given again. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent: it held a secret, or was too large, and was not kept. */
  readonly body?: string;
}

/** What is known of a request that comes under a key of its sender's. */
export type Repetition =
  | { readonly kind: 'new' }
  /** The first one has not been answered yet. */
  | { readonly kind: 'underWay' }
  /** The key was used for something else. */
  | { readonly kind: 'other' }
  | { readonly kind: 'done'; readonly answer: KeptAnswer };

/** Remembers for a day what was answered to which request; of one owner, at most so many at once. */
export interface IdempotencyStore {
  /** OVERLOADED is thrown when the owner has too many. */
  begin(owner: string, key: string, fingerprint: Buffer): Promise<Repetition>;
  /** With an answer: it is given again from now on. Without one: nothing was done, and it may be tried again. */
  finish(owner: string, key: string, answer: KeptAnswer | undefined): Promise<void>;
}
