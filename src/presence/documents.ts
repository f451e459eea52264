import type { PresenceStatus } from '../model/presence.ts';
import { allOf, type Element, parseXml } from './xml.ts';

/** What a NOTIFY says of somebody. Undefined: nothing that can be understood, or nothing new; `incomplete`: one was lost. */
export interface NotifiedReader {
  readonly accept: string;
  read(body: string): PresenceStatus | 'incomplete' | undefined;
}

export const readerOf = (event: 'presence' | 'dialog'): NotifiedReader =>
  event === 'presence' ? new PidfReader() : new DialogInfoReader();

/** What somebody does who is open and yet not to be called (RFC 4480 section 3.2). */
const BUSY = new Set(['busy', 'on-the-phone', 'in-transit', 'presentation', 'performance']);
const AWAY = new Set([
  ...['away', 'appointment', 'breakfast', 'dinner', 'holiday', 'lunch', 'meal', 'meeting'],
  ...['permanent-absence', 'sleeping', 'steering', 'travel', 'vacation', 'worship'],
]);

/** Presence (RFC 3863), with what RFC 4480 adds: activities. Whoever has one way that is open is open. */
class PidfReader implements NotifiedReader {
  readonly accept = 'application/pidf+xml';

  read(body: string): PresenceStatus | undefined {
    const root = parseXml(body);
    if (root?.name !== 'presence') return undefined;
    const all = allOf(root);
    const basics = all.filter(({ name }) => name === 'basic').map(({ text }) => text);
    const activities = all
      .filter(({ name }) => name === 'activities')
      .flatMap(({ children }) => children.map(({ name }) => name));
    // Without a word on it (RFC 3863 section 4.1.4) nothing is known.
    if (basics.length === 0 && activities.length === 0) return undefined;
    if (basics.length > 0 && !basics.includes('open')) return 'offline';
    if (activities.some((one) => BUSY.has(one))) return 'busy';
    return activities.some((one) => AWAY.has(one)) ? 'away' : 'available';
  }
}

const DIALOGS_MAX = 100;

/**
 * Dialogs (RFC 4235): whoever has one that is not over is busy. A partial document speaks of those alone that have
 * changed since the one before it; one that is older than the last is passed over (section 4.3).
 */
class DialogInfoReader implements NotifiedReader {
  readonly accept = 'application/dialog-info+xml';
  readonly #dialogs = new Set<string>();
  /** Undefined: everything has to be told first. */
  #version: number | undefined;

  read(body: string): PresenceStatus | 'incomplete' | undefined {
    const root = parseXml(body);
    if (root?.name !== 'dialog-info') return undefined;
    const version = Number(root.attributes.version ?? '0');
    if (!Number.isSafeInteger(version)) return undefined;
    if (root.attributes.state !== 'partial') this.#dialogs.clear();
    else if (this.#version === undefined || version > this.#version + 1) return this.#lost();
    else if (version <= this.#version) return undefined;
    this.#version = version;
    for (const dialog of root.children.filter(({ name }) => name === 'dialog')) this.#take(dialog);
    return this.#dialogs.size > 0 ? 'busy' : 'available';
  }

  #lost(): 'incomplete' {
    this.#version = undefined;
    return 'incomplete';
  }

  #take({ attributes, children }: Element): void {
    const { id = '' } = attributes;
    const state = children.find(({ name }) => name === 'state')?.text ?? '';
    if (state === '' || state === 'terminated') this.#dialogs.delete(id);
    else if (this.#dialogs.size < DIALOGS_MAX) this.#dialogs.add(id);
  }
}
