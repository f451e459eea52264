import type { SwitchEvent } from './event.ts';
import { isEventName, MY_EVENTS } from './event-names.ts';

export type EventFormat = 'plain' | 'json' | 'xml';

const FILTERS_MAX = 1000;

/** What one connection wants to hear: names, subclasses of CUSTOM, and filters. */
export class Subscription {
  format: EventFormat = 'plain';
  /** After `myevents`: only this channel's. */
  onlyChannel: string | undefined;
  #active = false;
  readonly #names = new Set<string>();
  readonly #custom = new Set<string>();
  #allCustom = false;
  #filters: { name: string; value: string }[] = [];

  get active(): boolean {
    return this.#active;
  }

  /** `event <format> <names…>`; returns false when no name was known. */
  add(words: readonly string[]): boolean {
    let known = 0;
    let custom = false;
    for (const [index, word] of words.entries()) {
      if (index === 0 && isFormat(word.toLowerCase())) {
        this.format = word.toLowerCase() as EventFormat;
      } else if (custom) this.#custom.add(word);
      else if (word.toUpperCase() === 'ALL') {
        known++;
        this.#names.add('ALL');
        this.#allCustom = true;
      } else if (isEventName(word)) {
        known++;
        custom = word.toUpperCase() === 'CUSTOM';
        this.#names.add(canonical(word));
      }
    }
    if (known > 0) this.#active = true;
    return known > 0;
  }

  /** `nixevent <names…>`. */
  remove(words: readonly string[]): boolean {
    let known = 0;
    let custom = false;
    for (const word of words) {
      if (custom) this.#custom.delete(word);
      else if (word.toUpperCase() === 'ALL') {
        known++;
        this.#names.clear();
      } else if (isEventName(word)) {
        known++;
        custom = word.toUpperCase() === 'CUSTOM';
        if (!custom) this.#nix(canonical(word));
      }
    }
    if (known > 0) this.#active = true;
    return known > 0;
  }

  /** Names taken out of ALL. */
  readonly #nixed = new Set<string>();

  #nix(name: string): void {
    this.#names.delete(name);
    if (this.#names.has('ALL')) this.#nixed.add(name);
  }

  /** `myevents`: the events of one channel's life. */
  addMyEvents(uuid: string): boolean {
    if (this.onlyChannel !== undefined) return false;
    this.onlyChannel = uuid;
    for (const name of MY_EVENTS) this.#names.add(name);
    this.#active = true;
    return true;
  }

  /** `noevents`; false when there were none. */
  clear(): boolean {
    const was = this.#active;
    this.#active = false;
    this.#names.clear();
    this.#custom.clear();
    this.#nixed.clear();
    this.#allCustom = false;
    return was;
  }

  addFilter(name: string, value: string): void {
    if (this.#filters.length < FILTERS_MAX) this.#filters.push({ name, value });
  }

  /** Without a value all filters of the name go; `all` removes every one. */
  removeFilter(name: string, value: string | undefined): void {
    const wanted = name.toLowerCase();
    this.#filters =
      wanted === 'all'
        ? []
        : this.#filters.filter(
            (filter) =>
              filter.name.toLowerCase() !== wanted ||
              (value !== undefined && filter.value !== value),
          );
  }

  /** Is an event of this name worth making? Filters are looked at later. */
  wantsName(name: string, subclass: string | undefined): boolean {
    if (!this.#active) return false;
    if (name === 'CUSTOM')
      return this.#allCustom || (subclass !== undefined && this.#custom.has(subclass));
    return (this.#names.has('ALL') && !this.#nixed.has(name)) || this.#names.has(name);
  }

  wants(event: SwitchEvent): boolean {
    if (!this.wantsName(event.name, event.subclass)) return false;
    if (!this.#passesFilters(event)) return false;
    if (this.onlyChannel === undefined) return true;
    return (
      event.get('Unique-ID') === this.onlyChannel ||
      event.get('Job-Owner-UUID') === this.onlyChannel
    );
  }

  /** With filters, one must match; a value that begins with `-` forbids what it matches. */
  #passesFilters(event: SwitchEvent): boolean {
    if (this.#filters.length === 0) return true;
    let send = false;
    for (const { name, value } of this.#filters) {
      const actual = event.get(name);
      if (actual === undefined) continue;
      const negative = /^[+\s]*-/.test(value);
      if (send && !negative) continue;
      if (!matches(actual, value.replace(/^[+\-\s]+/, ''))) continue;
      if (negative) return false;
      send = true;
    }
    return send;
  }
}

/** A value between slashes is a regular expression; anything else is compared without case. */
function matches(actual: string, wanted: string): boolean {
  if (!wanted.startsWith('/')) return actual.toLowerCase() === wanted.toLowerCase();
  const end = wanted.lastIndexOf('/');
  try {
    return new RegExp(wanted.slice(1, end > 0 ? end : undefined)).test(actual);
  } catch {
    return false;
  }
}

const isFormat = (word: string): boolean => word === 'plain' || word === 'json' || word === 'xml';

/** FreeSWITCH takes SWITCH_EVENT_X for X. */
function canonical(word: string): string {
  return word.toUpperCase().replace(/^SWITCH_EVENT_/, '');
}
