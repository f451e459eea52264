import type { StoredVoicemail } from '../../model/voicemail.ts';

/** The newest that nobody has handled: older ones are in the API's list. */
const SHOWN_MAX = 500;

/** Callers' messages that wait for somebody, as those who look on see them. */
export class MessageBoard {
  readonly #tell: (change: Told) => void;
  readonly #messages = new Map<StoredVoicemail['id'], StoredVoicemail>();

  constructor(tell: (change: Told) => void) {
    this.#tell = tell;
  }

  /** Newest last. */
  get all(): readonly StoredVoicemail[] {
    return [...this.#messages.values()];
  }

  restore(newestFirst: readonly StoredVoicemail[]): void {
    for (const message of newestFirst.slice(0, SHOWN_MAX).reverse())
      this.#messages.set(message.id, message);
  }

  /** Left, or changed. What is handled stands on the board no more, but that is told. */
  changed(message: StoredVoicemail): void {
    const wasThere = this.#messages.delete(message.id);
    if (message.state === 'new') this.#messages.set(message.id, message);
    else if (!wasThere) return;
    this.#tell({ message });
    const [oldest] = this.#messages.keys();
    if (this.#messages.size > SHOWN_MAX && oldest !== undefined) this.gone(oldest);
  }

  gone(id: StoredVoicemail['id']): void {
    if (this.#messages.delete(id)) this.#tell({ goneId: id });
  }
}

type Told = { readonly message: StoredVoicemail } | { readonly goneId: StoredVoicemail['id'] };
