import type { Actor } from '../../../model/access.ts';
import type { ApiContext } from '../../context.ts';
import type { CheckedPlan } from './apply.ts';
import { documentOf } from './digest.ts';
import { type Entry, keyOf } from './section.ts';
import { SECTIONS } from './sections.ts';

const PARTICIPLES = { create: 'created', change: 'changed', remove: 'removed' } as const;

/** Every object for itself, as if it had been changed alone: who looks for a queue's history finds this, too. */
export async function audit(
  { store, clock }: ApiContext,
  { before, wanted, changes }: CheckedPlan,
  actor: Actor,
): Promise<void> {
  const at = clock.now();
  const [old, now] = [documentOf(before), documentOf(wanted)];
  const entries = changes.map(({ section: name, key, action }) => {
    const section = SECTIONS.find((one) => one.name === name);
    const find = (entries: readonly Entry[] = []): Entry | undefined =>
      entries.find((entry) => section && keyOf(section, entry) === key);
    const [was, is] = [find(old[name]), action === 'remove' ? undefined : find(now[name])];
    const kind = section?.noun ?? name;
    return {
      at,
      actor,
      action: `${kind}.${PARTICIPLES[action]}`,
      object: { kind, id: key },
      ...(was ? { before: was } : {}),
      ...(is ? { after: is } : {}),
    };
  });
  await Promise.all(entries.map((entry) => store.audit.record(entry)));
}
