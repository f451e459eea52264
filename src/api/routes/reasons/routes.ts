import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { CodedError, refusal } from '../../../lib/errors.ts';
import { ok } from '../../../lib/result.ts';
import { queueId } from '../../../model/ids.ts';
import type { Disposition, Labels, NotReadyReason } from '../../../model/reasons.ts';
import type { Stored } from '../../../runtime/ports.admin.ts';
import type { KnownToFlows } from '../../../runtime/ports.ts';
import type { ApiContext } from '../../context.ts';
import { changeConfiguration, found, valueFrom } from '../../outcomes.ts';
import { demandMatch, etag } from '../../preconditions.ts';
import { iso, NoContent, PageQuery, responses } from '../../schemas.ts';
import {
  DispositionAnswer,
  DispositionBody,
  DispositionPage,
  DispositionParams,
  DispositionPatch,
  ReasonAnswer,
  ReasonBody,
  ReasonPage,
  ReasonParams,
  ReasonPatch,
} from './schemas.ts';

/** What agents say about conversations. */
export const dispositionRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { dispositions } = context.store.configuration;
  const tags = ['dispositions'];
  const params = DispositionParams;

  app.get(
    '',
    {
      config: { scope: 'agents:read' },
      schema: {
        tags,
        summary: 'List what agents may say about conversations',
        querystring: Type.Object(PageQuery, { additionalProperties: false }),
        response: responses({ 200: DispositionPage }),
      },
    },
    async ({ query }) => {
      const page = valueFrom(await dispositions.list(query));
      return { ...page, items: page.items.map(dispositionAnswer) };
    },
  );

  app.post(
    '',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Make a disposition',
        body: DispositionBody,
        response: responses({ 201: DispositionAnswer }),
      },
    },
    async ({ body }, reply) => {
      const made = await changeConfiguration(context, async (tx) => {
        demandQueues(await tx.known(), body.queueIds);
        return tx.dispositions.create(dispositionFrom(body));
      });
      return reply
        .code(201)
        .headers({ location: `/v1/dispositions/${made.id}`, etag: etag(made.revision) })
        .send(dispositionAnswer(made));
    },
  );

  app.get(
    '/:id',
    {
      config: { scope: 'agents:read' },
      schema: {
        tags,
        summary: 'Read a disposition',
        params,
        response: responses({ 200: DispositionAnswer }),
      },
    },
    async ({ params: { id } }, reply) => {
      const one = found(await dispositions.get(id), 'disposition', id);
      return reply.header('etag', etag(one.revision)).send(dispositionAnswer(one));
    },
  );

  app.patch(
    '/:id',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Change a disposition',
        description: 'What is not named stays as it is; null takes away (RFC 7396).',
        params,
        body: DispositionPatch,
        response: responses({ 200: DispositionAnswer }),
      },
    },
    async ({ params: { id }, body, headers }, reply) => {
      const changed = await changeConfiguration(context, async (tx) => {
        const {
          revision,
          updatedAt: _,
          ...now
        } = found(await tx.dispositions.get(id), 'disposition', id);
        demandMatch(headers['if-match'], revision);
        const wanted = { ...now, ...body };
        demandQueues(await tx.known(), wanted.queueIds);
        return tx.dispositions.replace(dispositionFrom(wanted));
      });
      return reply.header('etag', etag(changed.revision)).send(dispositionAnswer(changed));
    },
  );

  app.delete(
    '/:id',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Remove a disposition',
        description: 'What has been said stays in the records.',
        params,
        response: responses({ 204: NoContent }),
      },
    },
    async ({ params: { id } }, reply) => {
      await changeConfiguration(context, async (tx) => {
        const removed = await tx.dispositions.remove(id);
        return removed.ok ? ok(null) : removed;
      });
      return reply.code(204).send(null);
    },
  );
};

/** Why agents are not ready. */
export const notReadyReasonRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { notReadyReasons } = context.store.configuration;
  const tags = ['dispositions'];
  const params = ReasonParams;

  app.get(
    '',
    {
      config: { scope: 'agents:read' },
      schema: {
        tags,
        summary: 'List why agents may be not ready',
        querystring: Type.Object(PageQuery, { additionalProperties: false }),
        response: responses({ 200: ReasonPage }),
      },
    },
    async ({ query }) => {
      const page = valueFrom(await notReadyReasons.list(query));
      return { ...page, items: page.items.map(notReadyReasonAnswer) };
    },
  );

  app.post(
    '',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Make a reason',
        body: ReasonBody,
        response: responses({ 201: ReasonAnswer }),
      },
    },
    async ({ body }, reply) => {
      const made = await changeConfiguration(context, async (tx) => {
        return tx.notReadyReasons.create(reasonFrom(body));
      });
      return reply
        .code(201)
        .headers({ location: `/v1/not-ready-reasons/${made.id}`, etag: etag(made.revision) })
        .send(notReadyReasonAnswer(made));
    },
  );

  app.get(
    '/:id',
    {
      config: { scope: 'agents:read' },
      schema: {
        tags,
        summary: 'Read a reason',
        params,
        response: responses({ 200: ReasonAnswer }),
      },
    },
    async ({ params: { id } }, reply) => {
      const one = found(await notReadyReasons.get(id), 'reason', id);
      return reply.header('etag', etag(one.revision)).send(notReadyReasonAnswer(one));
    },
  );

  app.patch(
    '/:id',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Change a reason',
        description: 'What is not named stays as it is; null takes away (RFC 7396).',
        params,
        body: ReasonPatch,
        response: responses({ 200: ReasonAnswer }),
      },
    },
    async ({ params: { id }, body, headers }, reply) => {
      const changed = await changeConfiguration(context, async (tx) => {
        const {
          revision,
          updatedAt: _,
          ...now
        } = found(await tx.notReadyReasons.get(id), 'reason', id);
        demandMatch(headers['if-match'], revision);
        const wanted = { ...now, ...body };
        return tx.notReadyReasons.replace(reasonFrom(wanted));
      });
      return reply.header('etag', etag(changed.revision)).send(notReadyReasonAnswer(changed));
    },
  );

  app.delete(
    '/:id',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Remove a reason',
        description: 'What has been said stays in the records.',
        params,
        response: responses({ 204: NoContent }),
      },
    },
    async ({ params: { id } }, reply) => {
      await changeConfiguration(context, async (tx) => {
        const removed = await tx.notReadyReasons.remove(id);
        return removed.ok ? ok(null) : removed;
      });
      return reply.code(204).send(null);
    },
  );
};

interface Wanted {
  readonly id: string;
  readonly label: Labels;
  readonly code?: string | null;
  readonly queueIds?: readonly string[] | null;
}

const reasonFrom = ({ id, label, code }: Wanted): NotReadyReason => ({
  id,
  label,
  ...(typeof code === 'string' ? { code } : {}),
});

const dispositionFrom = (wanted: Wanted): Disposition => ({
  ...reasonFrom(wanted),
  ...(wanted.queueIds ? { queueIds: wanted.queueIds.map(queueId) } : {}),
});

/** A queue that is not there would have a disposition that nobody is ever offered. */
function demandQueues({ queueIds }: KnownToFlows, wanted: Wanted['queueIds']): void {
  const missing = wanted?.find((id) => !queueIds.includes(id));
  if (missing === undefined) return;
  const problem = `There is no queue ${missing}.`;
  throw new CodedError(refusal('CONFIGURATION_REFUSED', problem, [problem]));
}

const notReadyReasonAnswer = ({ updatedAt, ...reason }: Stored<NotReadyReason>) => ({
  ...reason,
  updatedAt: iso(updatedAt),
});

const dispositionAnswer = ({ updatedAt, queueIds, ...rest }: Stored<Disposition>) => ({
  ...rest,
  updatedAt: iso(updatedAt),
  ...(queueIds ? { queueIds: [...queueIds] } : {}),
});
