import type { ContactRepository } from '../runtime/ports/contacts.ts';
import { type TakeNote, told } from './notes.ts';

/** As the configuration's, of people who call. */
export const auditedContacts = (
  contacts: ContactRepository,
  note: TakeNote,
): ContactRepository => ({
  ...contacts,
  async create(contact) {
    const made = await contacts.create(contact);
    const object = { kind: 'contact', id: contact.id };
    if (made.ok) await note({ action: 'contact.created', object, after: made.value });
    return made;
  },
  async change(id, decide) {
    let before: unknown;
    const changed = await contacts.change(id, (now) => {
      before = now;
      return decide(now);
    });
    const object = { kind: 'contact', id };
    if (changed.ok) await note({ action: 'contact.changed', object, before, after: changed.value });
    return changed;
  },
  async remove(id, demand) {
    let before: unknown;
    const removed = await contacts.remove(id, (now) => {
      before = now;
      demand(now);
    });
    const object = { kind: 'contact', id };
    if (removed.ok) await note({ action: 'contact.removed', object, before });
    return removed;
  },
  setAccount(id, account, demand) {
    const object = { kind: 'contact', id };
    return told(contacts.setAccount(id, account, demand), note, {
      action: 'contact.accountSet',
      object,
      after: { account: 'set', pin: 'set' },
    });
  },
  removeAccount(id, demand) {
    const object = { kind: 'contact', id };
    return told(contacts.removeAccount(id, demand), note, {
      action: 'contact.accountRemoved',
      object,
    });
  },
});
