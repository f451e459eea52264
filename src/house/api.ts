import { join } from 'node:path';
import { buildApi } from '../api/app.ts';
import { ALLOWANCE_MS } from '../api/plugins/rate-limit.ts';
import { feedDocument } from '../feed/asyncapi.ts';
import { flowChecker } from '../ivr/flow.ts';
import { DAY_MS } from '../lib/clock.ts';
import { newUuid as newId } from '../lib/ids.ts';
import { SharedCounts } from '../lib/shared-counts.ts';
import { FromZero } from '../reporting/from-zero.ts';
import { measureFloor } from '../reporting/metrics.ts';
import { measureTrunks } from '../reporting/trunks.ts';
import { ContactImports } from '../runtime/contact-import/imports.ts';
import { createExplainer } from '../runtime/explainer.ts';
import { createFlowPreparer } from '../runtime/flow/preparer.ts';
import { createLinter } from '../runtime/linter.ts';
import { announced } from '../runtime/messages/message-news.ts';
import { keepVoicemails } from '../runtime/messages/voicemail-janitor.ts';
import type { Heart } from './call-center.ts';
import { openFront, privateSocketPath } from './front/front.ts';
import {
  journalHealth,
  promptsHealth,
  switchHealth,
  trunksHealth,
  voicesHealth,
} from './health.ts';
import type { Parts } from './parts.ts';
import { recordingsOf } from './recordings.ts';

const VERSION = '0.1.0';

type ApiContext = Parameters<typeof buildApi>[0];

/** Host and port of the API, its documentation, the feed, health and metrics. */
export async function openApi(parts: Parts, heart: Heart): Promise<string> {
  const { metrics } = parts;
  const { callCenter, telephony } = heart;
  measureFloor(metrics, callCenter);
  countFromZero(parts, heart);
  measureTrunks(metrics, {
    states: () => telephony.trunks.states(),
    turnedAway: () => telephony.turnedAway,
  });
  const contactImports = await openContactImports(parts);
  openVoicemailJanitor(parts, heart);
  const path = await privateSocketPath(parts);
  const allowances = SharedCounts.memory();
  // Each in its thread: a start waits for the slower one, and not for both.
  const [address] = await Promise.all([
    openFront(parts, heart, path, allowances),
    listen(parts, apiContext(parts, heart, contactImports, allowances), path),
  ]);
  return address;
}

function countFromZero({ metrics, store }: Parts, { callCenter }: Heart): void {
  const fromZero = new FromZero(metrics);
  const tell = async () => fromZero.queues(callCenter.queueIds);
  void tell();
  store.afterChange(tell);
}

async function listen({ closing }: Parts, context: ApiContext, path: string): Promise<void> {
  const api = await buildApi(context);
  closing.add('API', () => api.close());
  await api.listen({ path });
}

function apiContext(
  {
    config,
    log,
    clock,
    store,
    systems,
    metrics,
    opened,
    speech,
    webhooks,
    conversations,
    reports,
  }: Parts,
  { callCenter, telephony, prompts }: Heart,
  contactImports: ContactImports,
  allowances: SharedArrayBuffer,
): ApiContext {
  return {
    contactImports,
    store: { ...store.admin, voicemails: announced(store.admin.voicemails, callCenter) },
    rateLimits: {
      get keyPerMinute() {
        return store.admin.settings.current.requestsPerMinute;
      },
      counts: new SharedCounts(allowances, ALLOWANCE_MS),
    },
    control: callCenter,
    talk: callCenter.talk,
    agentDesk: callCenter.agentDesk,
    explainer: createExplainer({ ...opened, clock, log, keepMs: config.journal.keepMs }),
    linter: createLinter(store.configuration, {
      mayAsk: systems.mayAsk,
      dialsOut: () => config.trunk !== undefined,
      recordings: () => speech.recordings(),
      withoutPassword: () => store.admin.configuration.agents.withoutPassword(),
    }),
    webhooks: webhooks.desk,
    flowChecker,
    trunks: telephony.trunks,
    library: speech.library,
    ...(speech.delivery ? { soundFile: speech.delivery.fileOf } : {}),
    flowPreparer: createFlowPreparer((sentences) => speech.prerender(sentences), clock),
    health: [
      ...store.health,
      ...systems.health,
      switchHealth(telephony),
      trunksHealth(telephony.trunks),
      promptsHealth(prompts),
      voicesHealth(() => speech.voices),
      journalHealth(() => opened.journal.view),
    ],
    metrics,
    recordings: recordingsOf(config),
    archive: conversations.archive,
    recordingDesk: callCenter.recordingDesk,
    reports,
    exports: store.exports,
    zone: config.zone,
    people: callCenter.people,
    supervisionDesk: callCenter.supervisionDesk,
    clock,
    log,
    feedDocument: feedDocument(VERSION),
    version: VERSION,
    isBehindFront: true,
  };
}

async function openContactImports(parts: Parts): Promise<ContactImports> {
  const { config, store, clock, log, closing } = parts;
  const imports = await ContactImports.open({
    folder: join(config.dataDir, 'imports'),
    writer: store.contactWriter,
    clock,
    log,
    newId,
  });
  closing.add('imports', () => imports.close());
  return imports;
}

function openVoicemailJanitor(
  { config, store, clock, log, closing }: Parts,
  { callCenter }: Heart,
): void {
  const janitor = keepVoicemails({
    voicemails: announced(store.admin.voicemails, callCenter),
    recordings: recordingsOf(config),
    keepMs: () => store.admin.settings.current.voicemailKeepDays * DAY_MS,
    clock,
    log,
  });
  closing.add('voicemail janitor', async () => janitor.stop());
}
