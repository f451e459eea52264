import type { Config, EnvironmentTrunk } from '../config/config.ts';
import { Secret } from '../lib/secret.ts';
import { trunkId } from '../model/ids.ts';
import { TRUNK_DEFAULTS, type TrunkWithSecret } from '../model/trunk.ts';
import type { OutsideOptions } from '../runtime/outbound/outside.ts';
import type { TrunkDesk } from '../runtime/ports/trunks.ts';

/** The trunks of the database, and beside them that of the environment. */
export const outsideOf = ({ trunk }: Config, desk: TrunkDesk): OutsideOptions => ({
  desk,
  ...(trunk ? { ownTrunk: ownTrunk(trunk) } : {}),
});

/** Whoever sets it by the environment has one provider, and believes it. */
const ownTrunk = ({ uri, auth, callerId, responseSeconds }: EnvironmentTrunk): TrunkWithSecret => ({
  ...TRUNK_DEFAULTS,
  id: trunkId('environment'),
  name: 'TRUNK_URI',
  uri,
  trusted: true,
  responseSeconds,
  ...(auth ? { username: auth.username, password: new Secret(auth.password) } : {}),
  callerId: { ...TRUNK_DEFAULTS.callerId, ...(callerId ? { show: callerId } : {}) },
});
