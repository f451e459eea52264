import { AsyncLocalStorage } from 'node:async_hooks';

/** Who does something: somebody known to the API, somebody at a phone, or the house itself. */
export interface Actor {
  readonly kind: 'user' | 'key' | 'phone' | 'system';
  readonly id: string;
  readonly name: string;
}

/** What is being done on somebody's behalf, and whether it has been written down. */
interface Deed {
  readonly actor: Actor;
  noted: boolean;
}

const HOUSE: Actor = { kind: 'system', id: 'house', name: 'Centralita' };
const deeds = new AsyncLocalStorage<Deed>();

/** Whatever `work` does, and what follows from it, is this actor's: the store writes it into the audit log so. */
export const actingAs = <T>(actor: Actor, work: () => T): T =>
  deeds.run({ actor, noted: false }, work);

/** Nobody said who: it was the house itself. */
export const currentActor = (): Actor => deeds.getStore()?.actor ?? HOUSE;

/** Somebody has written down what the one who acts now has done. */
export function markNoted(): void {
  const deed = deeds.getStore();
  if (deed) deed.noted = true;
}

export const isNoted = (): boolean => deeds.getStore()?.noted === true;
