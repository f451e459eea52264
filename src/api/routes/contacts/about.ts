import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { contactId } from '../../../model/ids.ts';
import type { ApiContext } from '../../context.ts';
import { found, valueFrom } from '../../outcomes.ts';
import { IdParams, iso, NoContent, responses } from '../../schemas.ts';
import { AccountBody, HistoryPage, HistoryQuery } from './schemas.ts';

const tags = ['contacts'];
const params = IdParams('ana-garcia');

/** What there is about a contact besides the contact: calls, and the account that they prove themselves by. */
export const aboutContacts: FastifyPluginAsyncTypebox<Pick<ApiContext, 'store'>> = async (
  app,
  { store: { contacts } },
) => {
  app.get(
    '/:id/history',
    {
      config: { scope: 'contacts:read' },
      schema: {
        tags,
        summary: 'Calls of a contact, by whatever number, the newest first',
        params,
        querystring: HistoryQuery,
        response: responses({ 200: HistoryPage }),
      },
    },
    async ({ params: { id }, query }) => {
      found(await contacts.get(contactId(id)), 'contact', id);
      const { items, ...rest } = valueFrom(await contacts.history(contactId(id), query));
      return { ...rest, items: items.map((call) => ({ ...call, at: iso(call.at) })) };
    },
  );

  app.put(
    '/:id/account',
    {
      config: { scope: 'contacts:write' },
      schema: {
        tags,
        summary: 'Set the account and the PIN that a contact proves who they are by',
        description: 'In place of any other. A lock that wrong PINs have led to is over.',
        params,
        body: AccountBody,
        response: responses({ 204: NoContent }),
      },
    },
    async ({ params: { id }, body }, reply) => {
      valueFrom(await contacts.setAccount(contactId(id), body));
      return reply.code(204).send(null);
    },
  );

  app.delete(
    '/:id/account',
    {
      config: { scope: 'contacts:write' },
      schema: {
        tags,
        summary: "Forget a contact's account and PIN",
        params,
        response: responses({ 204: NoContent }),
      },
    },
    async ({ params: { id } }, reply) => {
      valueFrom(await contacts.removeAccount(contactId(id)));
      return reply.code(204).send(null);
    },
  );
};
