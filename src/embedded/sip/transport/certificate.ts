import { readFileSync } from 'node:fs';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import type { Clock, Timer } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/log.ts';

/** PEM files. */
export interface CertificateFiles {
  /** Ours, with those that lead from it to its authority. */
  readonly certificate: string;
  readonly key: string;
  /** Authorities that are believed besides those that Node knows: of a provider with its own, say. */
  readonly authorities?: string;
}

interface Pem {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string[];
}

/** Certificates are renewed every few weeks; nobody should have to start us again for it. */
const LOOK_AGAIN_MS = 3_600_000;

/** What we show by TLS, and whom we believe. The files are looked at once an hour. */
export class Certificate {
  /** Called when the files have others in them. */
  onRenewed: () => void = () => {};
  readonly #files: CertificateFiles;
  readonly #clock: Clock;
  readonly #log: Logger;
  #pem: Pem;
  #context: SecureContext;
  #timer: Timer;

  /** Throws an error that says which file cannot be read, or that the two do not belong together. */
  constructor(files: CertificateFiles, clock: Clock, log: Logger) {
    this.#files = files;
    this.#clock = clock;
    this.#log = log;
    this.#pem = read(files);
    this.#context = contextOf(this.#pem);
    this.#timer = this.#later();
  }

  get pem(): Pem {
    return this.#pem;
  }

  /** For connections that we open. */
  get context(): SecureContext {
    return this.#context;
  }

  /** Reads the files again. What cannot be used changes nothing, and is tried again. */
  look(): void {
    try {
      const pem = read(this.#files);
      if (JSON.stringify(pem) === JSON.stringify(this.#pem)) return;
      this.#context = contextOf(pem);
      this.#pem = pem;
      this.onRenewed();
      this.#log.info({ file: this.#files.certificate }, 'There is a new TLS certificate');
    } catch (error) {
      this.#log.warn({ error: String(error) }, 'The new TLS certificate cannot be used');
    }
  }

  close(): void {
    this.#timer.cancel();
  }

  #later(): Timer {
    return this.#clock.after(LOOK_AGAIN_MS, () => {
      this.look();
      this.#timer = this.#later();
    });
  }
}

function read({ certificate, key, authorities }: CertificateFiles): Pem {
  return usable(() => ({
    cert: readFileSync(certificate, 'utf8'),
    key: readFileSync(key, 'utf8'),
    ...(authorities ? { ca: [...rootCertificates, readFileSync(authorities, 'utf8')] } : {}),
  }));
}

const contextOf = (pem: Pem): SecureContext =>
  usable(() => createSecureContext({ ...pem, minVersion: 'TLSv1.2' }));

function usable<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new Error(`The TLS certificate and its key cannot be used: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
