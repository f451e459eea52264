import { measureDisk } from '../reporting/disk.ts';
import { loadSecrets } from '../secrets.ts';
import { openSwitch } from '../switch.ts';
import { openConversations } from './conversations.ts';
import { openDatabase } from './database.ts';
import { openEars } from './ears.ts';
import type { Foundation } from './foundation.ts';
import { openCommandJournal } from './journal.ts';
import { openReports } from './reports.ts';
import { openCompanySystems } from './systems.ts';
import { openVoices } from './voices.ts';
import { openWebhookRoom } from './webhooks.ts';

/** The rooms that need no other room. Whoever adds one names it here, once. */
export async function openParts(foundation: Foundation) {
  const { config, log, closing } = foundation;
  const { switchSecret, sealKey } = await loadSecrets(config.dataDir);
  const [store, addresses, opened, speech] = await allOf([
    openDatabase(foundation, config.sealKey ?? sealKey),
    openSwitch(config, switchSecret, closing, log),
    openCommandJournal(foundation),
    openVoices(foundation, switchSecret),
  ]);
  measureDisk(foundation.metrics, {
    journal: () => opened.journal.view,
    records: () => store.records.stats(),
  });
  const systems = openCompanySystems(foundation);
  const webhooks = await openWebhookRoom(foundation, store, config.sealKey ?? sealKey);
  const ears = await openEars(foundation);
  const reports = openReports(foundation, store);
  const conversations = openConversations(foundation, store);
  return {
    ...foundation,
    store,
    addresses,
    opened,
    speech,
    systems,
    webhooks,
    ears,
    conversations,
    reports,
  };
}

/** As Promise.all, but it does not reject while another is still being opened: that could not be closed. */
async function allOf<Opening extends readonly Promise<unknown>[]>(opening: readonly [...Opening]) {
  await Promise.allSettled(opening);
  return Promise.all(opening);
}

/** The foundation and what {@link openParts} opened. */
export type Parts = Awaited<ReturnType<typeof openParts>>;
