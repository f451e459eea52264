import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import { decodeCursor, encodeCursor } from '../../../lib/cursor.ts';
import { CodedError, refusal } from '../../../lib/errors.ts';
import { type Principal, reaches } from '../../../model/access.ts';
import { type AgentId, agentId } from '../../../model/ids.ts';
import type { DirectoryEntry } from '../../../model/presence.ts';
import type { ApiContext } from '../../context.ts';
import { found, valueFrom } from '../../outcomes.ts';
import { mustReach } from '../../reach.ts';
import { IdParams, iso, NoContent, responses } from '../../schemas.ts';
import { DirectoryEntryAnswer, DirectoryPage, DirectoryQuery, PresenceBody } from './schemas.ts';

const params = IdParams('taller');

/** Who can be reached now, and how. */
export const directoryRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, { people }) => {
  app.get(
    '',
    {
      config: { scope: 'agents:read' },
      schema: {
        tags: ['directory'],
        summary: 'Who can be reached now, and how',
        description:
          'Everybody, by id: whom a colleague may consult or transfer to. Numbers and addresses outside are shown to those who may see the agent.',
        querystring: DirectoryQuery,
        response: responses({ 200: DirectoryPage }),
      },
    },
    async ({ query, principal }) => {
      const { reachable, q, limit, cursor } = query;
      const after = valueFrom(decodeCursor(cursor, 1))?.[0] ?? '';
      const words = q === undefined ? undefined : plain(q);
      const fitting = people
        .list()
        .filter((entry) => entry.agentId > after)
        .filter((entry) => reachable === undefined || entry.reachable === reachable)
        .filter(({ name, extension }) => !words || plain(`${name} ${extension}`).includes(words))
        .toSorted((a, b) => (a.agentId < b.agentId ? -1 : 1));
      const page = fitting.slice(0, limit);
      const last = page.at(-1);
      return {
        items: page.map((entry) => answer(entry, principal)),
        ...(fitting.length > limit && last ? { nextCursor: encodeCursor([last.agentId]) } : {}),
      };
    },
  );
};

/** What other systems say of whether somebody can be reached. */
export const presenceRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { people, clock, control } = context;
  const entryOf = (id: AgentId) =>
    found(
      people.list().find((one) => one.agentId === id),
      'agent',
      id,
    );

  app.post(
    '/:id',
    {
      config: { scope: 'agents:act' },
      schema: {
        tags: ['directory'],
        summary: 'Say whether somebody can be reached',
        description:
          'From a calendar, a time clock, another telephone system. Who is not `available` is not called; it says nothing of a call that is in progress.',
        params,
        body: PresenceBody,
        response: responses({ 200: DirectoryEntryAnswer }),
      },
    },
    async ({ params: { id }, body, principal }) => {
      const who = agentId(id);
      entryOf(who);
      mustReach(principal, control, [who]);
      const { status, ttlSeconds, note } = body;
      const at = clock.now();
      const word = { status, by: 'webhook', at, until: at + ttlSeconds * 1_000 } as const;
      people.heard(who, note === undefined ? word : { ...word, note });
      return answer(entryOf(who), principal);
    },
  );

  app.delete(
    '/:id',
    {
      config: { scope: 'agents:act' },
      schema: {
        tags: ['directory'],
        summary: 'Take back what was said of somebody',
        params,
        response: responses({ 204: NoContent }),
      },
    },
    async ({ params: { id }, principal }, reply) => {
      const who = agentId(id);
      entryOf(who);
      mustReach(principal, control, [who]);
      if (!people.forget(who))
        throw new CodedError(refusal('NOT_FOUND', `Nothing was said of the agent ${id}.`));
      return reply.code(204).send(null);
    },
  );
};

function answer(entry: DirectoryEntry, principal: Principal): Static<typeof DirectoryEntryAnswer> {
  const { device, until, presence, ...rest } = entry;
  const { agentId: id, team } = entry;
  return {
    ...rest,
    by: device?.kind ?? 'phone',
    ...(device && reaches(principal, { id, team }) ? { device } : {}),
    available: entry.reachable && entry.state === 'ready',
    ...(until === undefined ? {} : { until: iso(until) }),
    ...(presence
      ? { presence: { ...presence, at: iso(presence.at), until: iso(presence.until) } }
      : {}),
  };
}

/** Without accents and capitals. */
const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
