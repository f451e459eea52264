import type { Registry } from 'prom-client';
import type { JournalView, RecordsView } from '../runtime/ports/meters.ts';
import { gauge } from './gauges.ts';

export interface DiskViews {
  journal(): JournalView;
  records(): RecordsView;
}

/** What is in memory only, because the disk of the data folder takes nothing. */
export function measureDisk(registry: Registry, views: DiskViews): void {
  const refuses = 'Whether the disk takes none at the moment: they are in memory only';
  gauge(registry, 'centralita_disk_refuses', refuses, ['what'], (set) => {
    for (const what of ['journal', 'records'] as const)
      set({ what }, views[what]().diskRefuses ? 1 : 0);
  });
  const pending = 'Commands in memory, on their way to the journal';
  gauge(registry, 'centralita_journal_pending_bytes', pending, [], (set) =>
    set({}, views.journal().pendingBytes),
  );
}
