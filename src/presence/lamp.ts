import type Srf from 'drachtio-srf';
import type { Clock, Timer } from '../lib/clock.ts';
import type { PhoneLine } from '../runtime/ports/phones.ts';

export interface LampOptions {
  readonly dialog: Srf.Dialog;
  /** As the phone has named it (RFC 6665 section 8.2.1: with its `id`, if it has one). */
  readonly event: string;
  /** Whose lamp it is: what was subscribed to. */
  readonly entity: string;
  readonly extension: string;
  readonly clock: Clock;
  lines(): readonly PhoneLine[];
  /** Nothing is left of it. */
  over(): void;
}

/** Why a subscription ends (RFC 6665 section 4.1.3). */
export type EndReason = 'timeout' | 'noresource' | 'deactivated';

/**
 * One lamp of a phone that shows what another extension's phones do (RFC 4235). It is told of the present as often as
 * that differs from what it was told last, one NOTIFY at a time: a phone that answers late hears of the last only.
 *
 *   lit ⇄ dark ──unsubscribed, expired, gone, no such extension──▶ over
 */
export class Lamp {
  readonly #options: LampOptions;
  #version = 0;
  #told = '';
  #isTelling = false;
  #expiresAt = 0;
  #timer: Timer | undefined;
  #over = false;

  constructor(options: LampOptions) {
    this.#options = options;
  }

  get extension(): string {
    return this.#options.extension;
  }

  /** A SUBSCRIBE was answered: whatever was told before is told again (RFC 6665 section 4.2.1.2). */
  granted(seconds: number): void {
    const { clock } = this.#options;
    this.#timer?.cancel();
    this.#expiresAt = clock.now() + seconds * 1_000;
    this.#timer = clock.after(seconds * 1_000, () => this.end('timeout'));
    this.#told = '';
    this.show();
  }

  /** The lines may have changed. */
  show(): void {
    if (this.#over || this.#isTelling) return;
    const state = dialogOf(this.#options);
    if (state === this.#told) return;
    this.#told = state;
    const left = Math.max(0, Math.round((this.#expiresAt - this.#options.clock.now()) / 1_000));
    this.#tell(state, `active;expires=${left}`);
  }

  /** Tells a last time. Idempotent. */
  end(reason: EndReason): void {
    if (this.#over) return;
    this.#close();
    this.#tell(dialogOf(this.#options), `terminated;reason=${reason}`);
  }

  /** Its dialog is gone already: the phone said so, or drachtio is. */
  forget(): void {
    if (!this.#over) this.#close();
  }

  #close(): void {
    this.#over = true;
    this.#timer?.cancel();
    this.#options.over();
  }

  #tell(state: string, subscription: string): void {
    const { dialog, event, entity } = this.#options;
    this.#isTelling = true;
    const request = {
      method: 'NOTIFY',
      headers: {
        Event: event,
        'Subscription-State': subscription,
        'Content-Type': 'application/dialog-info+xml',
      },
      body: documentOf(entity, this.#version, state),
    };
    this.#version += 1;
    dialog.request(request as unknown as Srf.SrfRequest, (error, res) => {
      this.#isTelling = false;
      if (this.#over) return;
      // RFC 6665 section 4.2.2: whoever does not take it has no subscription; the last word lets the stack forget it, too.
      if (error || !res || res.status >= 300) this.end('deactivated');
      else this.show();
    });
  }
}

/** Full state each time: a lamp shows one thing, and nothing can get lost. No numbers: who speaks with whom is nobody's affair. */
const documentOf = (entity: string, version: number, state: string): string =>
  '<?xml version="1.0"?>\r\n' +
  `<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="${version}" state="full" ` +
  `entity="${escaped(entity)}">\r\n${state}</dialog-info>\r\n`;

/**
 * One dialog for all that the phones do, by the same id: phones of several makers show the first that they find, and
 * one that speaks while another call rings is busy. Nothing is `terminated`, because some pass over an empty document.
 */
function dialogOf({ extension, lines }: Pick<LampOptions, 'extension' | 'lines'>): string {
  const all = lines();
  const line = all.find(({ state }) => state === 'confirmed') ?? all[0];
  const direction = line ? ` direction="${line.direction}"` : '';
  const state = line?.state ?? 'terminated';
  return `<dialog id="${escaped(extension)}"${direction}><state>${state}</state></dialog>\r\n`;
}

const escaped = (text: string): string =>
  text.replace(/[<>&"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
