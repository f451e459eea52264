import type { SwitchEvent } from './event.ts';

export interface EventListener {
  wantsName(name: string, subclass: string | undefined): boolean;
  deliver(event: SwitchEvent): void;
}

/** Brings events to the connections. Nobody builds an event that nobody listens to. */
export class EventBus {
  readonly #listeners = new Set<EventListener>();

  add(listener: EventListener): void {
    this.#listeners.add(listener);
  }

  remove(listener: EventListener): void {
    this.#listeners.delete(listener);
  }

  wanted(name: string, subclass?: string): boolean {
    for (const listener of this.#listeners) {
      if (listener.wantsName(name, subclass)) return true;
    }
    return false;
  }

  publish(event: SwitchEvent): void {
    for (const listener of this.#listeners) listener.deliver(event);
  }
}
