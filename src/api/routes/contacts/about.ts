import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { contactId } from '../../../model/ids.ts';
import type { ApiContext } from '../../context.ts';
import { found, valueFrom } from '../../outcomes.ts';
import { demandMatch, etag, IfMatch } from '../../preconditions.ts';
import { IdParams, iso, NoContent, responses } from '../../schemas.ts';
import { AccountAnswer, AccountBody, HistoryPage, HistoryQuery } from './schemas.ts';

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

  app.get(
    '/:id/account',
    {
      config: { scope: 'contacts:read' },
      schema: {
        tags,
        summary: 'Whether a contact has an account, and since when',
        description: 'Neither account nor PIN ever comes out.',
        params,
        response: responses({ 200: AccountAnswer }),
      },
    },
    async ({ params: { id } }) => {
      const account = found(await contacts.account(contactId(id)), 'account of contact', id);
      return { revision: account.revision, updatedAt: iso(account.updatedAt) };
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
        headers: IfMatch,
        body: AccountBody,
        response: responses({ 204: NoContent }),
      },
    },
    async ({ params: { id }, headers, body }, reply) => {
      const set = await contacts.setAccount(contactId(id), body, (now) =>
        demandMatch(headers['if-match'], now?.revision),
      );
      return reply
        .code(204)
        .header('etag', etag(valueFrom(set).revision))
        .send(null);
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
        headers: IfMatch,
        response: responses({ 204: NoContent }),
      },
    },
    async ({ params: { id }, headers }, reply) => {
      const removed = await contacts.removeAccount(contactId(id), (now) =>
        demandMatch(headers['if-match'], now?.revision),
      );
      valueFrom(removed);
      return reply.code(204).send(null);
    },
  );
};
