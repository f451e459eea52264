import { measureStore, storeMeters } from '../reporting/database.ts';
import { openStore, type Store } from '../store/store.ts';
import type { Foundation } from './foundation.ts';

export async function openDatabase(foundation: Foundation, sealKey: string): Promise<Store> {
  const { config, log, clock, metrics, closing } = foundation;
  const { dataDir, sip, settings } = config;
  const store = await openStore({
    databaseUrl: await foundation.databaseUrl,
    dataDir,
    log,
    clock,
    realm: sip.realm,
    settings,
    sealKey,
    meters: storeMeters(metrics),
  });
  measureStore(metrics, { pools: () => store.pools(), records: () => store.records.stats() });
  closing.add('store', () => store.close());
  return store;
}
