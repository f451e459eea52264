import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { CodedError } from '../../../lib/errors.ts';
import { ok } from '../../../lib/result.ts';
import { WEBHOOK_EVENTS } from '../../../model/webhook.ts';
import type { ConfigurationRepositories } from '../../../runtime/ports/admin.ts';
import type { WebhookView } from '../../../runtime/ports/webhooks.ts';
import { audit } from '../../audit.ts';
import type { ApiContext } from '../../context.ts';
import { changeConfiguration, found, valueFrom } from '../../outcomes.ts';
import { demandMatch, IfMatch } from '../../preconditions.ts';
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
  const { webhooks, clock } = context;
  const answer = (view: WebhookView) => webhookAnswer(view, clock.now());
  const get = async (id: string) => found(await webhooks.get(id), 'webhook', id);
  /** WEBHOOK_URL_REFUSED. */
  const demandReach = (wanted: { readonly url: string }): void => {
    const objection = webhooks.objectionTo(wanted);
    if (objection) throw new CodedError(objection);
  };
  /** As it is now, if that is what whoever asks has seen. */
  const seen = async (
    tx: ConfigurationRepositories,
    id: string,
    headers: { readonly 'if-match'?: string },
  ) => {
    const now = found(await tx.webhooks.get(id), 'webhook', id);
    demandMatch(headers['if-match'], now.revision);
    return now;
  };

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
    async ({ body }, reply) => {
      demandReach(body);
      const secret = webhooks.newSecret();
      const { id } = await changeConfiguration(context, (tx) => tx.webhooks.create(body, secret));
      return reply
        .code(201)
        .header('location', `/v1/webhooks/${id}`)
        .send({ ...answer(await get(id)), secret });
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
        headers: IfMatch,
        body: WebhookPatch,
        response: responses({ 200: WebhookAnswer }),
      },
    },
    async ({ params: { id }, headers, body }) => {
      await changeConfiguration(context, async (tx) => {
        const now = await seen(tx, id, headers);
        const wanted = { ...now, ...body };
        demandReach(wanted);
        return tx.webhooks.replace(wanted);
      });
      return answer(await get(id));
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
        headers: IfMatch,
        response: responses({ 204: NoContent }),
      },
    },
    async ({ params: { id }, headers }, reply) => {
      await changeConfiguration(context, async (tx) => {
        const removed = await tx.webhooks.remove((await seen(tx, id, headers)).id);
        return removed.ok ? ok(null) : removed;
      });
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
    async (request) => {
      const { id } = request.params;
      const { secret, ...changed } = valueFrom(await webhooks.rotate(id));
      const object = { kind: 'webhook', id };
      await audit(context, request, { action: 'webhook.secretChanged', object });
      return { ...answer(changed), secret };
    },
  );
};
