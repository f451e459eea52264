import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import Srf from 'drachtio-srf';
import { newUuid as newId } from '../lib/ids.ts';
import { createRegistrar, type Registrar } from '../registrar/registrar.ts';
import { isScanner } from '../registrar/scanners.ts';
import { routeOf } from '../registrar/sip-uri.ts';
import { measureTelephony, telephonyMeters } from '../reporting/telephony.ts';
import type { TelephonyListener } from '../runtime/ports/index.ts';
import type { PhonesListener } from '../runtime/ports/phones.ts';
import { DrachtioTelephony } from '../telephony/telephony.ts';
import type { LegMemory } from '../telephony/traces.ts';
import type { Parts } from './parts.ts';

/** For the agents who become free in the same instant; ADR 4 has the figures. */
const SPARE_CHANNELS = 4;

/** Signalling and media, and where the phones are. Nothing is answered before `start`. */
export interface Phones {
  readonly telephony: DrachtioTelephony;
  readonly registrar: Registrar;
  start(listener: TelephonyListener & PhonesListener): void;
}

/** @param onReachable Told when a phone comes or goes. */
export function openPhones(
  { config, store, opened, addresses, ears, speech, metrics, clock, log, closing }: Parts,
  onReachable: (extension: string, reachable: boolean) => void,
): Phones {
  const srf = new Srf();
  const reachable = new Set<string>();
  const registrar = createRegistrar({
    credentials: store.credentials,
    store: store.bindings,
    clock,
    log,
    realm: config.sip.realm,
    algorithms: config.sip.digest,
    ...(config.sip.qualifySeconds > 0
      ? {
          qualify: {
            everyMs: config.sip.qualifySeconds * 1_000,
            ask: (binding) => telephony.signOfLife(routeOf(binding)),
          },
        }
      : {}),
    onDoubt: (extension) => telephony.lines.doubt(extension),
    onReachable(extension, isReachable) {
      if (isReachable) reachable.add(extension);
      else reachable.delete(extension);
      onReachable(extension, isReachable);
    },
  });
  const telephony = new DrachtioTelephony(srf, {
    ...addresses,
    ...(speech.delivery ? { pathOf: speech.delivery.pathOf } : {}),
    ...(ears.audioForks ? { audioForks: ears.audioForks } : {}),
    bindings: registrar,
    spareChannels: SPARE_CHANNELS,
    meters: telephonyMeters(metrics),
    strangers: config.sip.strangers,
    sessionSeconds: config.sip.sessionSeconds,
    owner: ownerOf(config.dataDir),
    memory: legMemory(opened),
    isPhoneAt: (address, name) => registrar.hasPhoneAt(address, name),
    suspect: (extension) => registrar.suspect(extension),
    clock,
    newId,
    log,
    routeOf,
    authenticate: (req, res) => registrar.authenticate(req, res),
  });
  measureTelephony(metrics, {
    servers: () => telephony.mediaServers,
    legs: () => telephony.legs,
    registrations: () => reachable.size,
  });
  return {
    telephony,
    registrar,
    start(listener) {
      srf.use('register', (req, res) => void registrar.register(req, res));
      // Whoever says to be a scanner learns not even that somebody is there.
      srf.use('options', (req, _res, next) => {
        if (!isScanner(req)) next();
      });
      telephony.start(listener);
      closing.add('telephony', () => telephony.close());
    },
  };
}

/** Under keys of its own beside those of the call center. */
function legMemory({ journal, notes }: Parts['opened']): LegMemory {
  const prefix = 'leg:';
  const left = [...notes].filter(([key]) => key.startsWith(prefix));
  return {
    left: new Map(left.map(([key, trace]) => [key.slice(prefix.length), trace])),
    keep: (key, trace) => journal.keep(`${prefix}${key}`, trace),
    drop: (key) => journal.drop(`${prefix}${key}`),
  };
}

/** The same at the next start, so that what a process that died has left on media servers is ended. */
const ownerOf = (dataDir: string): string =>
  `centralita-${createHash('sha256').update(`${hostname()} ${dataDir}`).digest('hex').slice(0, 12)}`;
