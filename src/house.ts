import { readCompanyFile } from './company-file.ts';
import type { Config } from './config.ts';
import { openApi } from './house/api.ts';
import { openCallCenter } from './house/call-center.ts';
import { type Foundation, layFoundation } from './house/foundation.ts';
import { openParts } from './house/parts.ts';
import type { Clock } from './lib/clock.ts';
import type { Logger, LogLevel } from './lib/log.ts';
import type { ExampleCompany } from './store/store.ts';

const EXAMPLE_COMPANY = new URL('../config/example/company.yaml', import.meta.url);
/** The embedded switch is ready long before this; an external one may come later, and does so without us. */
const SWITCH_READY_MS_MAX = 10_000;
const POLL_MS = 50;

/** The whole product, running. */
export interface House {
  /** Made at the first start, when none was given, and shown this once. */
  readonly newApiKey: string | undefined;
  /** Of the user `admin`, made and shown in the same way. */
  readonly newPassword: string | undefined;
  readonly httpAddress: string;
  /** Where phones register; undefined with an external switch, which knows it itself. */
  readonly sipAddress: string | undefined;
  /** The same by TLS; undefined without a certificate. */
  readonly sipTlsAddress: string | undefined;
  readonly seeded: boolean;
  /** As it is set now. */
  readonly logLevel: LogLevel;
  /** What keeps it from taking calls, for the operator; empty when nothing does. */
  readonly troubles: readonly string[];
  /** Takes no more calls, and resolves when the last one is over or the time is up. */
  drain(limitMs: number): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** Opens every room in the order in which they need each other. What was opened is closed again if one fails. */
export async function openHouse(config: Config, log: Logger): Promise<House> {
  const foundation = layFoundation(config, log);
  try {
    return await openRooms(foundation);
  } catch (error) {
    await foundation.closing.close();
    throw error;
  }
}

async function openRooms(foundation: Foundation): Promise<House> {
  const { config, clock, closing } = foundation;
  const parts = await openParts(foundation);
  const { store, addresses } = parts;
  const newApiKey = await store.admin.apiKeys.ensureAdminKey(config.adminApiKey);
  const newPassword = await store.ensureAdmin(config.adminPassword);
  const seeded =
    config.seedExample &&
    (await store.seedExample(() => readCompanyFile<ExampleCompany>(EXAMPLE_COMPANY)));
  const heart = await openCallCenter(parts);
  const { callCenter, telephony } = heart;
  const httpAddress = await openApi(parts, heart);
  const isReady = (): boolean => telephony.troubles.length === 0;
  // Later starts do not wait for what is still to be spoken: what a caller needs is spoken before all else.
  const spoken = seeded ? heart.prompts : undefined;
  await Promise.all([waitUntil(clock, isReady, SWITCH_READY_MS_MAX), spoken]);
  return {
    newApiKey,
    newPassword,
    httpAddress,
    sipAddress: addresses.sipAddress,
    sipTlsAddress: addresses.sipTlsAddress,
    seeded,
    get logLevel() {
      return store.admin.settings.current.logLevel;
    },
    get troubles() {
      return telephony.troubles;
    },
    async drain(limitMs) {
      telephony.drain();
      await waitUntil(clock, () => callCenter.callCount === 0, limitMs);
    },
    close: () => closing.close(),
  };
}

async function waitUntil(clock: Clock, holds: () => boolean, limitMs: number): Promise<void> {
  for (const end = clock.now() + limitMs; !holds() && clock.now() < end; ) {
    await new Promise<void>((resolve) => clock.after(POLL_MS, resolve));
  }
}
