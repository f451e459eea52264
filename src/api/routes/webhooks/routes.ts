import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { actorOf, type Principal } from '../../../model/access.ts';
import { WEBHOOK_EVENTS, type WebhookConfig } from '../../../model/webhook.ts';
import type { WebhookView } from '../../../runtime/ports.webhooks.ts';
import type { ApiContext } from '../../context.ts';
import { found, valueFrom } from '../../outcomes.ts';
import { IdParams, NoContent, responses } from '../../schemas.ts';
import { testAnswer, webhookAnswer } from './answers.ts';
import {
  EventList,
  TestAnswer,
  WebhookAnswer,
  WebhookBody,
  WebhookList,
  WebhookPatch,
  WebhookWithSecret,
} from './schemas.ts';

const tags = ['webhooks'];
const params = IdParams('crm');
const read = { scope: 'webhooks:read' } as const;
const write = { scope: 'webhooks:write' } as const;

export const webhookRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { webhooks, clock, store } = context;
  const answer = (view: WebhookView) => webhookAnswer(view, clock.now());
  const get = async (id: string) => found(await webhooks.get(id), 'webhook', id);
  const note = (
    principal: Principal,
    verb: string,
    id: string,
    change: { readonly before?: WebhookView; readonly after?: WebhookView } = {},
  ) =>
    store.audit.record({
      at: clock.now(),
      actor: actorOf(principal),
      action: `webhook.${verb}`,
      object: { kind: 'webhook', id },
      ...(change.before ? { before: configOf(change.before) } : {}),
      ...(change.after ? { after: configOf(change.after) } : {}),
    });

  app.get(
    '',
    {
      config: read,
      schema: {
        tags,
        summary: 'List webhooks and how they do',
        response: responses({ 200: WebhookList }),
      },
    },
    async () => ({ items: (await webhooks.list()).map(answer) }),
  );

  app.get(
    '/events',
    {
      config: read,
      schema: {
        tags,
        summary: 'List what can be subscribed to',
        response: responses({ 200: EventList }),
      },
    },
    async () => ({
      items: Object.entries(WEBHOOK_EVENTS).map(([type, entry]) => ({ type, ...entry })),
    }),
  );

  app.post(
    '',
    {
      config: { ...write, secretAnswer: true },
      schema: {
        tags,
        summary: 'Subscribe an endpoint to events',
        description:
          'Deliveries are signed as Standard Webhooks has it: HMAC-SHA256 over `webhook-id.webhook-timestamp.body`.',
        body: WebhookBody,
        response: responses({ 201: WebhookWithSecret }),
      },
    },
    async ({ body, principal }, reply) => {
      const { secret, ...made } = valueFrom(await webhooks.create(body));
      void note(principal, 'created', made.id, { after: made });
      return reply
        .code(201)
        .header('location', `/v1/webhooks/${made.id}`)
        .send({ ...answer(made), secret });
    },
  );

  app.get(
    '/:id',
    {
      config: read,
      schema: {
        tags,
        summary: 'Read a webhook',
        params,
        response: responses({ 200: WebhookAnswer }),
      },
    },
    async ({ params: { id } }) => answer(await get(id)),
  );

  app.patch(
    '/:id',
    {
      config: write,
      schema: {
        tags,
        summary: 'Change a webhook, or enable one that was given up',
        description: 'What is not named stays as it is (RFC 7396).',
        params,
        body: WebhookPatch,
        response: responses({ 200: WebhookAnswer }),
      },
    },
    async ({ params: { id }, body, principal }) => {
      const before = await get(id);
      const after = valueFrom(await webhooks.replace({ ...configOf(before), ...body, id }));
      void note(principal, 'changed', id, { before, after });
      return answer(after);
    },
  );

  app.delete(
    '/:id',
    {
      config: write,
      schema: {
        tags,
        summary: 'Remove a webhook with everything that is on its way to it',
        params,
        response: responses({ 204: NoContent }),
      },
    },
    async ({ params: { id }, principal }, reply) => {
      const before = await get(id);
      valueFrom(await webhooks.remove(id));
      void note(principal, 'removed', id, { before });
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/:id/test',
    {
      config: write,
      schema: {
        tags,
        summary: 'Send a test now, and say what came of it',
        description:
          'One signed message of the type `webhook.test`, past whatever is waiting, also to a webhook that is paused or disabled. It is tried once and changes nothing.',
        params,
        response: responses({ 200: TestAnswer }),
      },
    },
    async ({ params: { id } }) => testAnswer(valueFrom(await webhooks.test(id))),
  );

  app.post(
    '/:id/secret',
    {
      config: { ...write, secretAnswer: true },
      schema: {
        tags,
        summary: 'Make a new secret',
        description: 'For 24 hours deliveries are signed with both.',
        params,
        response: responses({ 200: WebhookWithSecret }),
      },
    },
    async ({ params: { id }, principal }) => {
      const { secret, ...changed } = valueFrom(await webhooks.rotate(id));
      void note(principal, 'secretChanged', id);
      return { ...answer(changed), secret };
    },
  );
};

/** What of a webhook somebody has set. */
const configOf = ({ id, name, url, events, personalData, enabled }: WebhookConfig) => ({
  id,
  name,
  url,
  events,
  personalData,
  enabled,
});
