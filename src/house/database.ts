import { measureStore, storeMeters } from '../reporting/database.ts';
import { SoleOwner } from '../store/sole-owner.ts';
import { openStore, type Store } from '../store/store.ts';
import type { Foundation } from './foundation.ts';

/** Nobody else has the database meanwhile. */
export async function openDatabase(foundation: Foundation, sealKey: string): Promise<Store> {
  const { config, log, clock, metrics, closing } = foundation;
  const { dataDir, sip, settings } = config;
  const databaseUrl = await foundation.databaseUrl;
  const owner = await SoleOwner.of({ databaseUrl, clock, log });
  closing.add('the database is ours', () => owner.close());
  const store = await openStore({
    databaseUrl,
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
  return { ...store, health: [...store.health, owner.health] };
}
