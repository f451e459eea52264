import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import { ok } from '../../../lib/result.ts';
import { type TrunkId, trunkId } from '../../../model/ids.ts';
import { TRUNK_DEFAULTS, type TrunkConfig, type TrunkState } from '../../../model/trunk.ts';
import type { ConfigurationRepositories } from '../../../runtime/ports/admin.ts';
import type { Stored } from '../../../runtime/ports/lists.ts';
import type { StoredTrunk } from '../../../runtime/ports/trunks.ts';
import type { ApiContext } from '../../context.ts';
import { withoutNulls } from '../../merge.ts';
import { type Kind, registerObjects } from '../../objects.ts';
import { found } from '../../outcomes.ts';
import { IdParams, iso, responses } from '../../schemas.ts';
import { TrunkAnswer, TrunkBody, TrunkPage, TrunkPatch, TrunkStates } from './schemas.ts';

const tag = 'trunks';
const shapes = {
  params: IdParams('principal'),
  body: TrunkBody,
  patch: TrunkPatch,
  answer: TrunkAnswer,
  page: TrunkPage,
};

const trunks: Kind<StoredTrunk, TrunkId, typeof shapes, ApiContext> = {
  noun: 'trunk',
  path: '/v1/trunks',
  tag,
  about: {
    list: 'List trunks, with how they are',
    make: ['Make a trunk', 'It takes and places calls at once.'],
    read: 'Read a trunk, with how it is',
    change: [
      'Change a trunk',
      'What is not named stays as it is, null takes away (RFC 7396). Calls in progress go on; its counts begin anew.',
    ],
    remove: ['Remove a trunk', 'Calls in progress go on.'],
  },
  shapes,
  key: ({ id }) => trunkId(id),
  keyOf: ({ id }) => id,
  repository: (of) => of.trunks,
  async make(tx, { password, ...body }) {
    const wanted = { ...TRUNK_DEFAULTS, ...body, id: trunkId(body.id) } as TrunkConfig;
    const made = await tx.trunks.create(wanted);
    return made.ok ? withPassword(tx, wanted, password) : made;
  },
  async change(tx, now, { password, ...patch }) {
    const wanted = merged(now, patch);
    const changed = await tx.trunks.replace(wanted);
    return changed.ok ? withPassword(tx, wanted, password) : changed;
  },
  answers({ trunks: desk }) {
    const states = desk.states();
    return (trunk) => answer(trunk, states);
  },
};

export const trunkRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  registerObjects(app, context, trunks);

  app.get(
    '/states',
    {
      config: { scope: 'configuration:read' },
      schema: {
        tags: [tag],
        summary: 'How every trunk in use is, that of the environment as well',
        response: responses({ 200: TrunkStates }),
      },
    },
    async () => ({
      items: context.trunks.states().map((state) => {
        const { id, name, enabled } = state;
        return { id, name, enabled, ...liveOf(state) };
      }),
    }),
  );
};

type Change = Omit<Static<typeof TrunkPatch>, 'password'>;

function merged(current: Stored<StoredTrunk>, change: Change): TrunkConfig {
  const { revision: _, updatedAt: __, hasPassword: ___, ...trunk } = current;
  return withoutNulls({ ...trunk, ...change }) as TrunkConfig;
}

/** Absent: it keeps the one it has. */
async function withPassword(
  tx: ConfigurationRepositories,
  { id }: TrunkConfig,
  password: string | null | undefined,
) {
  const set = password === undefined ? ok(undefined) : await tx.trunks.setPassword(id, password);
  return set.ok ? ok(found(await tx.trunks.get(id), 'trunk', id)) : set;
}

function answer(trunk: Stored<StoredTrunk>, states: readonly TrunkState[]) {
  const state = states.find(({ id }) => id === trunk.id);
  return {
    ...trunk,
    sources: [...trunk.sources],
    serves: [...trunk.serves],
    callerId: {
      ...trunk.callerId,
      own: [...trunk.callerId.own],
      rules: [...trunk.callerId.rules],
    },
    updatedAt: iso(trunk.updatedAt),
    ...(state ? { live: liveOf(state) } : {}),
  };
}

function liveOf({ id: _, name: __, enabled: ___, ...state }: TrunkState) {
  const { healthSince, registration, ...rest } = state;
  return {
    ...rest,
    ...(healthSince === undefined ? {} : { healthSince: iso(healthSince) }),
    ...(registration ? { registration: registrationOf(registration) } : {}),
  };
}

function registrationOf({ expiresAt, ...rest }: NonNullable<TrunkState['registration']>) {
  return { ...rest, ...(expiresAt === undefined ? {} : { expiresAt: iso(expiresAt) }) };
}
