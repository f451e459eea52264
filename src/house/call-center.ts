import { readYamlFile } from '../company-file.ts';
import { type CompiledFlow, parseFlow } from '../ivr/flow.ts';
import { actingAs } from '../lib/acting.ts';
import { within } from '../lib/within.ts';
import { dateOf, dayOf, instantOf } from '../lib/zone.ts';
import { createMeters } from '../reporting/meters.ts';
import { timedTelephony } from '../reporting/telephony.ts';
import { CallCenter } from '../runtime/call-center.ts';
import { CLOSURE_CODE } from '../runtime/feature-codes.ts';
import type { Repertoire } from '../runtime/ports/index.ts';
import { createVerifier } from '../runtime/verification.ts';
import type { DrachtioTelephony } from '../telephony/telephony.ts';
import { accountsOf, callersOf } from './callers.ts';
import { openLamps } from './lamps.ts';
import { outsideOf } from './outside.ts';
import type { Parts } from './parts.ts';
import { openPhones, type Phones } from './phones.ts';
import { openPresence, type PresenceRoom } from './presence.ts';
import { recordingsOf } from './recordings.ts';

const OWN_FLOWS = new URL('../../config/flows/', import.meta.url);
/** At the first start nothing is spoken yet: callers should not be the ones to wait for it, nor the start for ever. */
const FIRST_PROMPTS_MS_MAX = 10_000;

/** The heart: phones, calls, queues. */
export interface Heart {
  readonly callCenter: CallCenter;
  readonly telephony: DrachtioTelephony;
  /** Resolves when what every caller hears has been spoken in the language of most numbers, or is late. */
  readonly prompts: Promise<void>;
}

export async function openCallCenter(parts: Parts): Promise<Heart> {
  const { opened, speech, clock, closing } = parts;
  let spoken: Promise<void> = Promise.resolve();
  const phones = openPhones(parts, (extension, reachable) =>
    callCenter.phone(extension, reachable),
  );
  const { telephony, registrar } = phones;
  const presence = openPresence(parts, telephony, () => callCenter);
  const callCenter: CallCenter = buildCallCenter(parts, phones, presence, (repertoire) => {
    spoken = speech.prerenderFlows(repertoire);
  });
  closing.add('call center', () => callCenter.stop());
  closing.add('registrar', () => registrar.close());
  await registrar.restore();
  await restoreFloor(parts, callCenter);
  callCenter.recover(opened.notes, opened.lastAt);
  const problems = await callCenter.reload();
  if (problems.length > 0) throw new Error(`The configuration cannot work: ${problems.join('; ')}`);
  phones.start(callCenter);
  openLamps(parts, phones, callCenter);
  return { callCenter, telephony, prompts: within(clock, FIRST_PROMPTS_MS_MAX, spoken) };
}

/** What those who look on see of the time before this process. */
async function restoreFloor(
  { store, config, clock }: Parts,
  callCenter: CallCenter,
): Promise<void> {
  const midnight = instantOf(config.zone, dateOf(dayOf(config.zone, clock.now())));
  const newest = { limit: 500 };
  const [today, messages] = await Promise.all([
    store.today.since(midnight),
    store.admin.voicemails.list({ state: 'new' }, newest),
  ]);
  callCenter.restore(today, messages.ok ? messages.value.items : []);
}

function buildCallCenter(
  parts: Parts,
  { telephony, registrar }: Phones,
  presence: PresenceRoom,
  prerender: (repertoire: Repertoire) => void,
): CallCenter {
  const { config, store, systems, opened, speech, ears, webhooks, metrics, clock, log } = parts;
  const { conversations } = parts;
  const callCenter: CallCenter = new CallCenter({
    clock,
    log,
    engine: opened.engine,
    journal: opened.journal,
    telephony: timedTelephony(metrics, telephony, () => callCenter.turnBegan),
    overhearing: telephony,
    records: webhooks.tap(conversations.records),
    contacts: callersOf(parts),
    memory: store.memory,
    verifier: createVerifier(accountsOf(parts), store.attempts, log),
    attempts: store.attempts,
    agentPins: store.agentPins,
    calendars: {
      verifyPin: (id, pin) => store.calendarPins.verify(id, pin),
      setClosure: (id, closure) =>
        actingAs(
          { kind: 'phone', id: closure?.by ?? 'phone', name: closure?.by ?? 'A phone' },
          () =>
            store.admin.changes.change(
              (tx) => tx.calendars.setClosure(id, closure),
              () => callCenter.reload(),
            ),
        ),
    },
    featureFlows: new Map([[CLOSURE_CODE, ownFlow('closure')]]),
    requests: systems.requests,
    prompts: speech.prompts,
    phrases: speech.phrases,
    recordings: recordingsOf(config),
    conversations: conversations.files,
    audit: store.admin.audit,
    phoneUsers: store.phoneUsers,
    recogniser: ears.recogniser,
    keepsTranscripts: config.hearing.keepsTranscripts,
    configuration: store.configuration,
    zone: config.zone,
    outbound: config.outbound,
    legTruth: telephony.truth,
    outside: outsideOf(config, telephony.trunks),
    meters: createMeters(metrics),
    isOwnHost: (host) => ['localhost', config.sip.realm, config.sip.host].includes(host),
    isReachable: (extension) => registrar.bindingsOf(extension).length > 0,
    prerender,
    onAgents: (agents) => presence.configure(agents),
    onBroken: (error) => log.error({ error: String(error) }, 'A rule of our own was broken'),
  });
  return callCenter;
}

/** A flow that comes with the house: `config/flows/<name>.yaml`. */
function ownFlow(name: string): CompiledFlow {
  const document = readYamlFile(new URL(`${name}.yaml`, OWN_FLOWS));
  const flow = parseFlow(document, { queueIds: [], calendarIds: [] });
  if (flow.ok) return flow.value;
  throw new Error(`The flow ${name} that comes with the house: ${flow.error.join('; ')}`);
}
