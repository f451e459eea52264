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
  /** What the channel was told to do, and is not known to have done. */
  #told: { readonly application: string; readonly executionId: string } | undefined;

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
    this.#closed = true;
    if (this.#by !== undefined) this.#run(`${this.#by}stop_dtmf`);
    this.#by = undefined;
  }

  /** The channel is gone. */
  end(): void {
    this.#closed = true;
    this.#told = undefined;
  }

  /** The media server has ended an execution. */
  completed(executionId: string | undefined): void {
    if (this.#told?.executionId === executionId) this.#told = undefined;
  }

  /** All that the channel had not begun was thrown away. What had begun is told again for nothing: there is one ear only. */
  flushed(): void {
    if (this.#told) this.#run(this.#told.application);
  }

  #run(application: string): void {
    const executionId = this.#newId();
    this.#told = { application, executionId };
    this.#socket.execute(this.#uuid, { application, argument: '', executionId });
  }
}
