import type Srf from 'drachtio-srf';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import { waitUntil } from '../lib/wait.ts';
import { hearNoLastWords, sendShortOnly, sendWithoutDelay } from './drachtio-wire.ts';

export interface SignallingOptions {
  readonly srf: Srf;
  readonly drachtio: { readonly host: string; readonly port: number; readonly secret: string };
  readonly clock: Clock;
  readonly log: Logger;
  /** Drachtio is there, at first or again. */
  found(): void;
  /** Dialogs die with the connection (switch-facts.md). */
  lost(): void;
}

const RECONNECT_MS_MAX = 2_000;
/** A server that has not answered a BYE by then is left without. */
const LAST_WORDS = { limitMs: 2_000, everyMs: 20 };
/** Different ones that are told while it is away. */
const REASONS_MAX = 20;

/** The connection to drachtio: tried until it is there, and again when it is gone. */
export class Signalling {
  readonly #options: SignallingOptions;
  #isUp = false;
  #closed = false;
  /** What was told of it since it was there last: each attempt fails for the same reason, for hours perhaps. */
  readonly #told = new Set<string>();

  constructor(options: SignallingOptions) {
    this.#options = options;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  open(): void {
    const { srf, drachtio, log } = this.#options;
    srf.on('connect', (error) => this.#connected(error));
    srf.on('error', (error) => {
      if (this.#isNew(error)) log.warn({ error: String(error) }, 'drachtio error');
    });
    (srf as NodeJS.EventEmitter).on('reconnecting', () => this.#disconnected());
    (srf as NodeJS.EventEmitter).on('close', () => this.#disconnected());
    // srf's own waits grow without end; and its types do not know this.
    const reconnect = { retryMaxDelay: RECONNECT_MS_MAX };
    void srf.connect({ ...drachtio, reconnect } as Srf.SrfConfig);
    sendWithoutDelay(srf);
    hearNoLastWords(srf);
    sendShortOnly(srf, log);
  }

  /** Resolves when drachtio has answered what it was told, or has had the time to. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#lastWords();
    // Without a connection srf throws, and goes on trying: then the next one that it gets is let go.
    if (!this.#isUp) return;
    this.#isUp = false;
    this.#options.srf.disconnect();
  }

  /** Until nothing waits for an answer: a spare channel that is still being made is hung up when it is there. */
  #lastWords(): Promise<void> {
    // srf's types leave it out.
    const srf = this.#options.srf as Srf & { readonly idle: boolean };
    return waitUntil(this.#options.clock, () => !this.#isUp || srf.idle, LAST_WORDS);
  }

  #connected(error: Error | null): void {
    const { srf, log } = this.#options;
    if (error) {
      if (this.#isNew(error))
        log.error({ error: String(error) }, 'drachtio refused the connection');
      return;
    }
    if (this.#closed) {
      srf.disconnect();
      return;
    }
    this.#isUp = true;
    this.#told.clear();
    log.info({}, 'drachtio is connected');
    this.#options.found();
  }

  #isNew(error: unknown): boolean {
    const isNew = this.#told.size < REASONS_MAX && !this.#told.has(String(error));
    this.#told.add(String(error));
    return isNew;
  }

  #disconnected(): void {
    if (!this.#isUp) return;
    this.#isUp = false;
    this.#options.log.error({}, 'drachtio is gone');
    this.#options.lost();
  }
}
