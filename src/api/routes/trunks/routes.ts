import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type, { type Static } from 'typebox';
import { ok } from '../../../lib/result.ts';
import { trunkId } from '../../../model/ids.ts';
import { TRUNK_DEFAULTS, type TrunkConfig, type TrunkState } from '../../../model/trunk.ts';
import type { ConfigurationRepositories, Stored } from '../../../runtime/ports.admin.ts';
import type { StoredTrunk } from '../../../runtime/ports.trunks.ts';
import type { ApiContext } from '../../context.ts';
import { changeConfiguration, found, valueFrom } from '../../outcomes.ts';
import { IdParams, iso, NoContent, PageQuery, responses } from '../../schemas.ts';
import { TrunkAnswer, TrunkBody, TrunkPage, TrunkPatch, TrunkStates } from './schemas.ts';

const tags = ['trunks'];
const params = IdParams('principal');

export const trunkRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { trunks } = context.store.configuration;
  const states = () => context.trunks.states();

  app.get(
    '',
    {
      config: { scope: 'configuration:read' },
      schema: {
        tags,
        summary: 'List trunks, with how they are',
        querystring: Type.Object(PageQuery, { additionalProperties: false }),
        response: responses({ 200: TrunkPage }),
      },
    },
    async ({ query }) => {
      const page = valueFrom(await trunks.list(query));
      return { ...page, items: page.items.map((trunk) => answer(trunk, states())) };
    },
  );

  app.get(
    '/states',
    {
      config: { scope: 'configuration:read' },
      schema: {
        tags,
        summary: 'How every trunk in use is, that of the environment as well',
        response: responses({ 200: TrunkStates }),
      },
    },
    async () => ({
      items: states().map((state) => {
        const { id, name, enabled } = state;
        return { id, name, enabled, ...liveOf(state) };
      }),
    }),
  );

  app.post(
    '',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Make a trunk',
        description: 'It takes and places calls at once.',
        body: TrunkBody,
        response: responses({ 201: TrunkAnswer }),
      },
    },
    async ({ body: { password, ...body } }, reply) => {
      const wanted = { ...TRUNK_DEFAULTS, ...body, id: trunkId(body.id) } as TrunkConfig;
      const trunk = await changeConfiguration(context, async (tx) => {
        const made = await tx.trunks.create(wanted);
        return made.ok ? withPassword(tx, wanted, password) : made;
      });
      return reply
        .code(201)
        .header('location', `/v1/trunks/${trunk.id}`)
        .send(answer(trunk, states()));
    },
  );

  app.get(
    '/:id',
    {
      config: { scope: 'configuration:read' },
      schema: {
        tags,
        summary: 'Read a trunk, with how it is',
        params,
        response: responses({ 200: TrunkAnswer }),
      },
    },
    async ({ params: { id } }) =>
      answer(found(await trunks.get(trunkId(id)), 'trunk', id), states()),
  );

  app.patch(
    '/:id',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Change a trunk',
        description:
          'What is not named stays as it is, null takes away (RFC 7396). Calls in progress go on; its counts begin anew.',
        params,
        body: TrunkPatch,
        response: responses({ 200: TrunkAnswer }),
      },
    },
    async ({ params: { id }, body: { password, ...body } }) => {
      const trunk = await changeConfiguration(context, async (tx) => {
        const current = found(await tx.trunks.get(trunkId(id)), 'trunk', id);
        const wanted = merged(current, body);
        const changed = await tx.trunks.replace(wanted);
        return changed.ok ? withPassword(tx, wanted, password) : changed;
      });
      return answer(trunk, states());
    },
  );

  app.delete(
    '/:id',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Remove a trunk',
        description: 'Calls in progress go on.',
        params,
        response: responses({ 204: NoContent }),
      },
    },
    async ({ params: { id } }, reply) => {
      await changeConfiguration(context, async (tx) => {
        const removed = await tx.trunks.remove(trunkId(id));
        return removed.ok ? ok(null) : removed;
      });
      return reply.code(204).send(null);
    },
  );
};

type Change = Omit<Static<typeof TrunkPatch>, 'password'>;

/** RFC 7396, one level deep: what is null is gone. */
function merged(current: Stored<StoredTrunk>, change: Change): TrunkConfig {
  const { revision: _, updatedAt: __, hasPassword: ___, ...trunk } = current;
  const entries = Object.entries({ ...trunk, ...change }).filter(([, value]) => value !== null);
  return Object.fromEntries(entries) as unknown as TrunkConfig;
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
