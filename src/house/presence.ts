import type { Config } from '../config/config.ts';
import type { Credentials } from '../lib/digest-answer.ts';
import { newUuid as newId } from '../lib/ids.ts';
import { Secret } from '../lib/secret.ts';
import type { AgentConfig } from '../model/agent.ts';
import { Subscriptions } from '../presence/subscriptions.ts';
import type { CallCenter } from '../runtime/call-center.ts';
import type { DrachtioTelephony } from '../telephony/telephony.ts';
import type { Parts } from './parts.ts';

/** Whom the rest of the house tells who there is; nobody is asked before drachtio is there. */
export interface PresenceRoom {
  configure(agents: readonly AgentConfig[]): void;
}

/** Subscriptions to the presence of people at other systems, renewed when the way to them was lost. */
export function openPresence(
  { config, clock, log, closing }: Parts,
  { srf }: DrachtioTelephony,
  callCenter: () => CallCenter,
): PresenceRoom {
  const { presenceAuth } = config;
  let agents: readonly AgentConfig[] = [];
  let isConnected = false;
  const subscriptions = new Subscriptions({
    srf,
    clock,
    newId,
    log,
    ...(presenceAuth ? { auth: secretly(presenceAuth) } : {}),
    allows: (host) => callCenter().allows({ kind: 'sip', uri: `sip:somebody@${host}` }),
    heard: (id, word) => void callCenter().people.heard(id, word),
    lost: (id) => void callCenter().people.forget(id, 'subscription'),
  });
  srf.on('connect', (error) => {
    if (error) return;
    if (isConnected) subscriptions.renew();
    isConnected = true;
    subscriptions.configure(agents);
  });
  closing.add('presence', () => subscriptions.close());
  return {
    configure(all) {
      agents = all;
      if (isConnected) subscriptions.configure(all);
    },
  };
}

const secretly = ({ username, password }: Required<Config>['presenceAuth']): Credentials => ({
  username,
  password: new Secret(password),
});
