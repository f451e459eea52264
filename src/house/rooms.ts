import { once } from 'node:events';
import { readCompanyFile } from '../company-file.ts';
import { waitUntil } from '../lib/wait.ts';
import type { ExampleCompany } from '../store/store.ts';
import { openApi } from './api.ts';
import { openCallCenter } from './call-center.ts';
import type { Foundation } from './foundation.ts';
import type { House } from './house.ts';
import { openParts } from './parts.ts';

const EXAMPLE_COMPANY = new URL('../../config/example/company.yaml', import.meta.url);
/** The embedded switch is ready long before this; an external one may come later, and does so without us. */
const SWITCH_READY_MS_MAX = 10_000;
const POLL_MS = 50;

/** Opens every room in the order in which they need each other. */
export async function openRooms(foundation: Foundation, leaving: AbortSignal): Promise<House> {
  const { config, log, clock, closing } = foundation;
  const parts = await openParts(foundation);
  leaving.throwIfAborted();
  const { store, addresses } = parts;
  const ensureKey = () => store.admin.apiKeys.ensureAdminKey(config.adminApiKey);
  const ensureAdmin = () => store.ensureAdmin(config.adminPassword);
  // Those that were given hold from the first request on.
  if (config.adminApiKey) await ensureKey();
  if (config.adminPassword) await ensureAdmin();
  const seeded =
    config.seedExample &&
    (await store.seedExample(() => readCompanyFile<ExampleCompany>(EXAMPLE_COMPANY)));
  const heart = await openCallCenter(parts);
  const { callCenter, telephony } = heart;
  const httpAddress = await openApi(parts, heart);
  const isReady = (): boolean => telephony.troubles.length === 0;
  // Later starts do not wait for what is still to be spoken: what a caller needs is spoken before all else.
  const spoken = seeded ? heart.prompts : undefined;
  if (seeded) log.info({}, 'What the example company says to callers is being spoken, this once');
  await Promise.race([
    Promise.all([
      waitUntil(clock, isReady, { limitMs: SWITCH_READY_MS_MAX, everyMs: POLL_MS }),
      spoken,
    ]),
    untilAborted(leaving),
  ]);
  leaving.throwIfAborted();
  return {
    // Those that are made are shown this once: not by a start that may yet be stopped.
    newApiKey: config.adminApiKey ? undefined : await ensureKey(),
    newPassword: config.adminPassword ? undefined : await ensureAdmin(),
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
      await waitUntil(clock, () => callCenter.callCount === 0, { limitMs, everyMs: POLL_MS });
    },
    close: () => closing.close(),
  };
}

const untilAborted = (signal: AbortSignal): Promise<unknown> =>
  signal.aborted ? Promise.resolve() : once(signal, 'abort');
