import type Srf from 'drachtio-srf';
import type { Clock, Timer } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { AgentId } from '../model/ids.ts';
import type { PhoneLine, PhoneLines } from '../runtime/ports/phones.ts';
import { Lamp } from './lamp.ts';

export interface LampsOptions {
  readonly srf: Srf;
  readonly clock: Clock;
  readonly log: Logger;
  readonly lines: PhoneLines;
  /** Has a phone prove who it is; undefined: it could not, and has been answered. */
  authenticate(req: Srf.SrfRequest, res: Srf.SrfResponse): Promise<string | undefined>;
}

/** Whom a lamp can be for. */
export interface Watched {
  readonly id: AgentId;
  readonly extension: string;
  /** The phone that is not their own at which they sit. */
  readonly phone?: string;
}

/** A phone with every key a lamp has about a hundred. */
const LAMPS_PER_PHONE_MAX = 200;
const LAMPS_MAX = 20_000;
const EXPIRES_SECONDS_MIN = 60;
const EXPIRES_SECONDS_MAX = 3_600;
/** RFC 4235 section 3.4. */
const EXPIRES_SECONDS = 3_600;

/** Changes are told so long after the first of them. */
const SHOWN_MS = 20;

/** What a SUBSCRIBE asks for, or the status that refuses it. */
type Wish = { readonly extension: string; readonly seconds: number } | { readonly status: number };

/**
 * Busy lamps: phones of the house are told what the phones of other extensions do (SUBSCRIBE to `dialog`, RFC 4235).
 * A lamp is a person's: it follows them to the phone at which they sit, as a call to their extension does.
 */
export class BusyLamps {
  readonly #options: LampsOptions;
  /** By the extension that the lamp is for. */
  readonly #lamps = new Map<string, Set<Lamp>>();
  readonly #perPhone = new Map<string, number>();
  readonly #people = new Map<AgentId, Watched>();
  /** By extension. */
  readonly #owners = new Map<string, AgentId>();
  /** Who sits at a phone that is not theirs, by the phone. */
  readonly #guests = new Map<string, AgentId>();
  readonly #changed = new Set<string>();
  #timer: Timer | undefined;
  #count = 0;

  constructor(options: LampsOptions) {
    this.#options = options;
    options.lines.onChange((phone) => this.#soon(phone));
    options.srf.use(
      'subscribe',
      (req: Srf.SrfRequest, res: Srf.SrfResponse) => void this.#asked(req, res),
    );
  }

  /** Somebody is configured, or sits elsewhere now. */
  seated({ id, extension, phone }: Watched): void {
    if (this.#people.get(id)?.extension !== extension) this.gone(id);
    const before = this.#people.get(id)?.phone;
    if (before !== undefined && this.#guests.get(before) === id) this.#guests.delete(before);
    if (phone !== undefined) this.#guests.set(phone, id);
    this.#people.set(id, { id, extension, ...(phone === undefined ? {} : { phone }) });
    this.#owners.set(extension, id);
    this.#show(extension);
  }

  /** Nobody has that extension any more. */
  gone(id: AgentId): void {
    const { extension, phone } = this.#people.get(id) ?? {};
    if (extension === undefined) return;
    this.#people.delete(id);
    if (phone !== undefined && this.#guests.get(phone) === id) this.#guests.delete(phone);
    if (this.#owners.get(extension) !== id) return;
    this.#owners.delete(extension);
    for (const lamp of [...(this.#lamps.get(extension) ?? [])]) lamp.end('noresource');
  }

  get count(): number {
    return this.#count;
  }

  /** drachtio is connected anew: no dialog is left, and phones that refresh theirs are told so (481). */
  forget(): void {
    for (const lamps of [...this.#lamps.values()]) for (const lamp of [...lamps]) lamp.forget();
  }

  /** Phones ask again, whoever answers them then. */
  close(): void {
    this.#timer?.cancel();
    for (const lamps of [...this.#lamps.values()])
      for (const lamp of [...lamps]) lamp.end('deactivated');
  }

  async #asked(req: Srf.SrfRequest, res: Srf.SrfResponse): Promise<void> {
    const { log, authenticate } = this.#options;
    try {
      // Of a subscription that nobody here has (RFC 6665 section 4.2.1.1).
      if (/;\s*tag=/i.test(req.get('To') ?? '')) return void res.send(481);
      if (!isDialogEvent(req)) return void res.send(489, { headers: { 'Allow-Events': 'dialog' } });
      const phone = await authenticate(req, res);
      if (phone !== undefined) await this.#take(req, res, phone);
    } catch (error) {
      log.warn({ error: String(error) }, 'A SUBSCRIBE could not be served');
      if (!res.finalResponseSent) res.send(500);
    }
  }

  async #take(req: Srf.SrfRequest, res: Srf.SrfResponse, phone: string): Promise<void> {
    const wish = this.#wishOf(req, phone);
    if ('status' in wish) return refuse(res, wish.status);
    const { srf, clock } = this.#options;
    const { extension, seconds } = wish;
    const dialog = await srf.createUAS(req, res, {
      localSdp: '',
      headers: { Expires: String(seconds) },
    });
    const lamp = new Lamp({
      dialog,
      clock,
      extension,
      event: req.get('Event') ?? 'dialog',
      entity: `sip:${extension}@${hostOf(req.uri)}`,
      lines: () => this.#linesOf(extension),
      over: () => this.#remove(lamp, phone),
    });
    this.#add(lamp, phone);
    // srf's types know neither.
    const events: NodeJS.EventEmitter = dialog;
    events.on('subscribe', (again: Srf.SrfRequest, answer: Srf.SrfResponse) => {
      const next = expiresOf(again);
      if (next < EXPIRES_SECONDS_MIN) return refuse(answer, 423);
      answer.send(200, { headers: { Expires: String(next) } });
      lamp.granted(next);
    });
    events.on('unsubscribe', () => lamp.end('timeout'));
    // Asked once, and not to be told again (RFC 6665 section 4.4.3).
    if (seconds === 0) lamp.end('timeout');
    else lamp.granted(seconds);
  }

  #wishOf(req: Srf.SrfRequest, phone: string): Wish {
    const extension = userOf(req.uri);
    const seconds = expiresOf(req);
    if (!this.#owners.has(extension)) return { status: 404 };
    if (seconds > 0 && seconds < EXPIRES_SECONDS_MIN) return { status: 423 };
    const isTooMuch =
      this.#count >= LAMPS_MAX || (this.#perPhone.get(phone) ?? 0) >= LAMPS_PER_PHONE_MAX;
    return isTooMuch ? { status: 503 } : { extension, seconds };
  }

  #add(lamp: Lamp, phone: string): void {
    this.#count += 1;
    this.#perPhone.set(phone, (this.#perPhone.get(phone) ?? 0) + 1);
    const lamps = this.#lamps.get(lamp.extension) ?? new Set();
    this.#lamps.set(lamp.extension, lamps.add(lamp));
  }

  #remove(lamp: Lamp, phone: string): void {
    this.#count -= 1;
    const left = (this.#perPhone.get(phone) ?? 0) - 1;
    if (left > 0) this.#perPhone.set(phone, left);
    else this.#perPhone.delete(phone);
    const lamps = this.#lamps.get(lamp.extension);
    lamps?.delete(lamp);
    if (lamps?.size === 0) this.#lamps.delete(lamp.extension);
  }

  #linesOf(extension: string): readonly PhoneLine[] {
    const owner = this.#owners.get(extension);
    const borrowed = owner && this.#people.get(owner)?.phone;
    return this.#options.lines.of(borrowed ?? extension);
  }

  /** Whoever is being rung at this moment comes first, and a phone that rings and is picked up is told of once. */
  #soon(phone: string): void {
    this.#changed.add(phone);
    this.#timer ??= this.#options.clock.after(SHOWN_MS, () => {
      this.#timer = undefined;
      const changed = [...this.#changed];
      this.#changed.clear();
      for (const each of changed) {
        this.#show(each);
        const guest = this.#people.get(this.#guests.get(each) ?? ('' as AgentId));
        if (guest) this.#show(guest.extension);
      }
    });
  }

  #show(extension: string): void {
    for (const lamp of this.#lamps.get(extension) ?? []) lamp.show();
  }
}

const isDialogEvent = (req: Srf.SrfRequest): boolean =>
  /^\s*dialog\s*(;|$)/i.test(req.get('Event') ?? '');

/** RFC 6665 section 4.1.2.1: absent or unreadable, it is ours to choose. */
function expiresOf(req: Srf.SrfRequest): number {
  const text = req.has('Expires') ? req.get('Expires').trim() : '';
  return /^\d{1,9}$/.test(text) ? Math.min(Number(text), EXPIRES_SECONDS_MAX) : EXPIRES_SECONDS;
}

const userOf = (uri: string): string => /^sips?:([^@;?]+)@/i.exec(uri)?.[1] ?? '';

const hostOf = (uri: string): string => /@([^;?>]+)/.exec(uri)?.[1] ?? 'localhost';

function refuse(res: Srf.SrfResponse, status: number): void {
  const headers = status === 423 ? { 'Min-Expires': String(EXPIRES_SECONDS_MIN) } : {};
  res.send(status, { headers });
}
