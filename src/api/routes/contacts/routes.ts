import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import type { Contact } from '../../../model/contact.ts';
import { agentId, contactId } from '../../../model/ids.ts';
import type { Stored } from '../../../runtime/ports/lists.ts';
import type { ApiContext } from '../../context.ts';
import { found, valueFrom } from '../../outcomes.ts';
import { demandMatch, IfMatch } from '../../preconditions.ts';
import { IdParams, iso, NoContent, responses } from '../../schemas.ts';
import { aboutContacts } from './about.ts';
import { importRoutes } from './imports.ts';
import { ContactAnswer, ContactBody, ContactPage, ContactPatch, ContactQuery } from './schemas.ts';

const tags = ['contacts'];
const params = IdParams('ana-garcia');

export const contactRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (
  app,
  { store, contactImports },
) => {
  const { contacts } = store;

  app.get(
    '',
    {
      config: { scope: 'contacts:read' },
      schema: {
        tags,
        summary: 'List contacts, or find the one whom a number belongs to',
        querystring: ContactQuery,
        response: responses({ 200: ContactPage }),
      },
    },
    async ({ query: { number, status, language, fields: _, ...page } }) => {
      if (number !== undefined) {
        const contact = await contacts.byNumber(number);
        return { items: contact ? [answer(contact)] : [] };
      }
      const where = { ...(status ? { status } : {}), ...(language ? { language } : {}) };
      const { items, ...rest } = valueFrom(await contacts.list({ ...page, where }));
      return { ...rest, items: items.map(answer) };
    },
  );

  app.post(
    '',
    {
      config: { scope: 'contacts:write' },
      schema: {
        tags,
        summary: 'Make a contact',
        body: ContactBody,
        response: responses({ 201: ContactAnswer }),
      },
    },
    async ({ body }, reply) => {
      const contact = valueFrom(await contacts.create(contactOf(body)));
      return reply.code(201).header('location', `/v1/contacts/${contact.id}`).send(answer(contact));
    },
  );

  app.get(
    '/:id',
    {
      config: { scope: 'contacts:read' },
      schema: {
        tags,
        summary: 'Read a contact',
        params,
        response: responses({ 200: ContactAnswer }),
      },
    },
    async ({ params: { id } }) => answer(found(await contacts.get(contactId(id)), 'contact', id)),
  );

  app.patch(
    '/:id',
    {
      config: { scope: 'contacts:write' },
      schema: {
        tags,
        summary: 'Change a contact',
        description: 'What is not named stays as it is (RFC 7396).',
        params,
        headers: IfMatch,
        body: ContactPatch,
        response: responses({ 200: ContactAnswer }),
      },
    },
    async ({ params: { id }, headers, body }) => {
      const changed = await contacts.change(contactId(id), (now) => {
        demandMatch(headers['if-match'], now.revision);
        return contactOf({ ...now, numbers: [...now.numbers], ...body });
      });
      return answer(valueFrom(changed));
    },
  );

  app.delete(
    '/:id',
    {
      config: { scope: 'contacts:write' },
      schema: {
        tags,
        summary: 'Forget a contact',
        params,
        headers: IfMatch,
        response: responses({ 204: NoContent }),
      },
    },
    async ({ params: { id }, headers }, reply) => {
      const removed = await contacts.remove(contactId(id), ({ revision }) =>
        demandMatch(headers['if-match'], revision),
      );
      valueFrom(removed);
      return reply.code(204).send(null);
    },
  );

  await app.register(aboutContacts, { store });
  await app.register(importRoutes, { contactImports });
};

const contactOf = (body: Static<typeof ContactBody>): Contact => ({
  id: contactId(body.id),
  name: body.name,
  status: body.status,
  numbers: body.numbers,
  ...(body.language ? { language: body.language } : {}),
  ...(body.lastAgentId ? { lastAgentId: agentId(body.lastAgentId) } : {}),
});

const answer = (contact: Stored<Contact>) => ({
  ...contact,
  numbers: [...contact.numbers],
  updatedAt: iso(contact.updatedAt),
});
