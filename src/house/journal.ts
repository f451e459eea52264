import { join } from 'node:path';
import { Historian } from '../runtime/journal/historian.ts';
import { type OpenedJournal, openJournal } from '../runtime/journal/journal.ts';
import type { Foundation } from './foundation.ts';

export interface JournalRoom extends OpenedJournal {
  readonly historian: Historian;
}

/** Clocks of machines differ by less. */
const AHEAD_MS_MAX = 1_000;

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
  const aheadMs = clock.goOnFrom(opened.lastAt);
  if (aheadMs > AHEAD_MS_MAX) log.warn({ aheadMs }, 'The clock was set back: ours goes on');
  closing.add('journal', () => opened.journal.close());
  return { ...opened, historian };
}
