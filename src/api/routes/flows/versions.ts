import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { CodedError, refusal } from '../../../lib/errors.ts';
import { type FlowId, flowId } from '../../../model/ids.ts';
import type { FlowVersion } from '../../../runtime/ports/flows.ts';
import type { ApiContext } from '../../context.ts';
import { DIFFERENCES_MAX, differences } from '../../differences.ts';
import { found, valueFrom } from '../../outcomes.ts';
import { demandMatch, IfMatch } from '../../preconditions.ts';
import { IdParams, iso, PageQuery, responses } from '../../schemas.ts';
import { byWhom, publishedAnswer, versionAnswer } from './answers.ts';
import { publish, versionCandidate } from './publish.ts';
import {
  CommentBody,
  DiffAnswer,
  DiffQuery,
  FlowVersionAnswer,
  FlowVersionPage,
  PublicationPage,
  PublishedAnswer,
  VersionParams,
} from './schemas.ts';

const tags = ['flows'];
const params = IdParams('principal');
const querystring = Type.Object(PageQuery, { additionalProperties: false });

/** What was published, when and by whom; how versions differ; the way back. */
export const versionRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { flows } = context.store.configuration;
  const stored = async (id: FlowId, version: number): Promise<FlowVersion> =>
    found(await flows.get(id, version), 'version', `${version} of flow ${id}`);

  app.get(
    '/:id/versions',
    {
      config: { scope: 'configuration:read' },
      schema: {
        tags,
        summary: "List a flow's versions, newest first",
        params,
        querystring,
        response: responses({ 200: FlowVersionPage }),
      },
    },
    async ({ params: { id }, query }) => {
      found(await flows.get(flowId(id)), 'flow', id);
      const page = valueFrom(await flows.versions(flowId(id), query));
      return { ...page, items: page.items.map(versionAnswer) };
    },
  );

  app.get(
    '/:id/versions/:version',
    {
      config: { scope: 'configuration:read' },
      schema: {
        tags,
        summary: 'Read a version of a flow',
        params: VersionParams,
        response: responses({ 200: FlowVersionAnswer }),
      },
    },
    async ({ params: { id, version } }) => versionAnswer(await stored(flowId(id), version)),
  );

  app.get(
    '/:id/publications',
    {
      config: { scope: 'configuration:read' },
      schema: {
        tags,
        summary: 'List which version went live when, by whom and why, newest first',
        params,
        querystring,
        response: responses({ 200: PublicationPage }),
      },
    },
    async ({ params: { id }, query }) => {
      found(await flows.get(flowId(id)), 'flow', id);
      const page = valueFrom(await flows.publications(flowId(id), query));
      return { ...page, items: page.items.map((one) => ({ ...one, at: iso(one.at) })) };
    },
  );

  app.get(
    '/:id/diff',
    {
      config: { scope: 'configuration:read' },
      schema: {
        tags,
        summary: 'Compare two versions of a flow, or one with the draft',
        params,
        querystring: DiffQuery,
        response: responses({ 200: DiffAnswer }),
      },
    },
    async ({ params: { id }, query: { from = 'live', to = 'draft' } }) => {
      const side = async (name: string): Promise<unknown> => {
        const key = flowId(id);
        if (name === 'draft') return found(await flows.draft(key), 'draft of flow', id).document;
        if (name === 'live') return found(await flows.get(key), 'flow', id).document;
        return (await stored(key, Number(name))).document;
      };
      const changes = differences(await side(from), await side(to));
      const truncated = changes.length > DIFFERENCES_MAX;
      return { from, to, changes: changes.slice(0, DIFFERENCES_MAX), truncated };
    },
  );

  app.post(
    '/:id/versions/:version/publish',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Make a stored version live again',
        params: VersionParams,
        headers: IfMatch,
        body: CommentBody,
        response: responses({ 200: PublishedAnswer }),
      },
    },
    async (request) => {
      const id = flowId(request.params.id);
      const version = await stored(id, request.params.version);
      const candidate = versionCandidate(version, byWhom(request, request.body?.comment));
      return publishedAnswer(
        await publish(context, id, candidate, (live) =>
          demandMatch(request.headers['if-match'], live?.version),
        ),
      );
    },
  );

  app.post(
    '/:id/rollback',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Go back to the version before the one that is live',
        description: 'Once more goes back one more. Calls in progress end as they began.',
        params,
        headers: IfMatch,
        body: CommentBody,
        response: responses({ 200: PublishedAnswer }),
      },
    },
    async (request) => {
      const id = flowId(request.params.id);
      const live = found(await flows.get(id), 'flow', id);
      const previous = await flows.previous(id);
      if (!previous)
        throw new CodedError(
          refusal('NOT_FOUND', `There is no version of flow ${id} before ${live.version}.`),
        );
      const candidate = versionCandidate(previous, byWhom(request, request.body?.comment));
      return publishedAnswer(
        await publish(context, id, candidate, (now) => {
          demandMatch(request.headers['if-match'], now?.version);
          // Two who roll back at once go back one version, not two.
          if (now?.version !== live.version)
            throw new CodedError(refusal('PRECONDITION_FAILED', 'Another version went live.'));
        }),
      );
    },
  );
};
