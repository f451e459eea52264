import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import { decodeCursor, encodeCursor } from '../../../lib/cursor.ts';
import { reaches } from '../../../model/access.ts';
import type { AgentView, Binding } from '../../../runtime/ports/index.ts';
import type { ApiContext } from '../../context.ts';
import { valueFrom } from '../../outcomes.ts';
import { iso, responses } from '../../schemas.ts';
import { type DeviceAnswer, DevicePage, DeviceQuery } from './schemas.ts';

/** The phones that are registered. Where an agent outside the house is reached is with the agent. */
export const deviceRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { store, control } = context;
  app.get(
    '',
    {
      config: { scope: 'agents:read' },
      schema: {
        tags: ['devices'],
        summary: 'List the phones that are registered, by extension',
        description: 'Who is limited to teams or to themselves sees the phones of those agents.',
        querystring: DeviceQuery,
        response: responses({ 200: DevicePage }),
      },
    },
    async ({ query: { agentId, limit, cursor }, principal }) => {
      const after = valueFrom(decodeCursor(cursor, 2))?.join(' ') ?? '';
      const owners = new Map(control.agents.map((one) => [one.extension, one]));
      const isTheirs = (owner: AgentView | undefined): boolean =>
        reaches(principal, owner ?? { id: '' as AgentView['id'] });
      const fitting = (await store.devices.all())
        .map((binding) => ({ binding, owner: owners.get(binding.extension) }))
        .filter(({ owner }) => agentId === undefined || owner?.id === agentId)
        .filter(({ owner }) => isTheirs(owner))
        .filter(({ binding }) => placeOf(binding).join(' ') > after)
        .toSorted((a, b) => (placeOf(a.binding).join(' ') < placeOf(b.binding).join(' ') ? -1 : 1));
      const page = fitting.slice(0, limit);
      const last = page.at(-1);
      return {
        items: page.map(({ binding, owner }) => answer(binding, owner)),
        ...(fitting.length > limit && last
          ? { nextCursor: encodeCursor(placeOf(last.binding)) }
          : {}),
      };
    },
  );
};

const placeOf = ({ extension, contactUri }: Binding): readonly string[] => [extension, contactUri];

function answer(binding: Binding, owner: AgentView | undefined): Static<typeof DeviceAnswer> {
  const { callId: _, cseq: __, expiresAt, ...device } = binding;
  return { ...device, ...(owner ? { agentId: owner.id } : {}), expiresAt: iso(expiresAt) };
}
