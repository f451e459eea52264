import type { NewId } from '../lib/ids.ts';
import type { EventSocket } from './event-socket.ts';

/**
 * Hears keys in the audio as soon as they begin; mod_dptools' own application, which every FreeSWITCH has, only when
 * they end. An application that a server does not know would hang the call up: hence the question.
 */
const TONE_MODULE = 'mod_spandsp';

/** Keys that come as tones in a channel's audio, for a far end that offers nothing else. */
export class ToneEar {
  readonly #uuid: string;
  readonly #socket: EventSocket;
  readonly #newId: NewId;
  /** The prefix of the applications that hear, while one does. */
  #by: 'spandsp_' | '' | undefined;
  #closed = false;

  constructor(uuid: string, socket: EventSocket, newId: NewId) {
    this.#uuid = uuid;
    this.#socket = socket;
    this.#newId = newId;
  }

  async open(): Promise<void> {
    const has = await this.#socket.api(`module_exists ${TONE_MODULE}`);
    if (this.#closed) return;
    this.#by = has.trim() === 'true' ? 'spandsp_' : '';
    this.#run(`${this.#by}start_dtmf`);
  }

  /** For good: the far end has another way after all. */
  close(): void {
    this.end();
    if (this.#by !== undefined) this.#run(`${this.#by}stop_dtmf`);
    this.#by = undefined;
  }

  /** The channel is gone. */
  end(): void {
    this.#closed = true;
  }

  #run(application: string): void {
    const executionId = this.#newId();
    this.#socket.execute(this.#uuid, { application, argument: '', executionId });
  }
}
