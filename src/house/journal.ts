import { join } from 'node:path';
import { Historian } from '../runtime/journal/historian.ts';
import { type OpenedJournal, openJournal } from '../runtime/journal/journal.ts';
import type { Foundation } from './foundation.ts';

export interface JournalRoom extends OpenedJournal {
  readonly historian: Historian;
}

/** The journal of commands, read back, and the thread that compacts it and answers why. */
export async function openCommandJournal({
  config: { dataDir, journal },
  log,
  clock,
  closing,
}: Foundation): Promise<JournalRoom> {
  const folder = join(dataDir, 'journal');
  const historian = new Historian({ folder, clock });
  closing.add('historian', () => historian.close());
  const opened = await openJournal({
    folder,
    clock,
    ...journal,
    compact: (job) => historian.compact(job),
    onTrouble: ({ kind, ...facts }) => log.warn({ kind, ...facts }, 'Journal'),
  });
  clock.goOnFrom(opened.lastAt);
  closing.add('journal', () => opened.journal.close());
  return { ...opened, historian };
}
