import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Static } from 'typebox';
import { CodedError, refusal } from '../../../lib/errors.ts';
import { jsonOfList } from '../../../lib/json-pieces.ts';
import type { Principal } from '../../../model/access.ts';
import type { ApiContext } from '../../context.ts';
import { takeLargeJson } from '../../plugins/large-json.ts';
import { takeYamlBodies } from '../../plugins/yaml-bodies.ts';
import { responses } from '../../schemas.ts';
import { byWhom } from '../flows/answers.ts';
import { apply, type CheckedPlan, rehearse } from './apply.ts';
import { digestOf } from './digest.ts';
import { documentOf } from './entries.ts';
import { fileValidator } from './file-validator.ts';
import {
  ApplyQuery,
  ConfigurationAnswer,
  DigestMatch,
  FileBody,
  PlanAnswer,
  PlanQuery,
} from './schemas.ts';
import { type ConfigurationDocument, keyOf } from './section.ts';
import { SECTIONS } from './sections.ts';
import { findingsFor, readsSection, seesEntry, sightOf } from './sight.ts';
import { yamlOf } from './yaml.ts';

const tags = ['configuration'];
/** A company of ten thousand agents. */
const FILE_BYTES_MAX = 10_000_000;

/** Configuration as code: the whole as one file, what a file would change, and the change. */
export const fileRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { configuration } = context.store;
  takeYamlBodies(app, FILE_BYTES_MAX, placeIn);
  takeLargeJson(app);
  const validatorCompiler = fileValidator(() => compilerOf(app));

  app.get(
    '',
    {
      config: { scope: 'configuration:read' },
      schema: {
        tags,
        summary: 'Read the whole configuration as one document',
        description:
          'With `Accept: application/yaml`, as a file with comments. Without secrets, keys, contacts, recordings, drafts and records; agents, webhooks and users are there for those who may see them.',
        response: responses({ 200: ConfigurationAnswer }),
      },
    },
    async (request, reply) => {
      const whole = await documentOf(await configuration.all());
      const digest = await digestOf(whole);
      const document = visibleTo(request.principal, whole);
      void reply.header('etag', `"${digest}"`);
      if (!/\byaml\b/.test(request.headers.accept ?? '')) return { digest, document };
      return reply
        .type('application/yaml; charset=utf-8')
        .serializer(String)
        .send((await yamlOf(document)) as never);
    },
  );

  app.post(
    '/plan',
    {
      validatorCompiler,
      bodyLimit: FILE_BYTES_MAX,
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Say what a document would change, and whether it could work',
        description:
          'Nothing is changed. The body may also be the document itself as application/yaml.',
        querystring: PlanQuery,
        body: FileBody,
        response: responses({ 200: PlanAnswer }),
      },
    },
    async (request, reply) => {
      const document = wantedOf(request.body.document);
      demandSections(request.principal, document);
      const { principal, query } = request;
      const by = byWhom(request, undefined);
      const plan = await rehearse(context, {
        document,
        principal,
        remove: query.remove ?? false,
        by,
      });
      return answer(reply, principal, plan, false);
    },
  );

  app.post(
    '/apply',
    {
      validatorCompiler,
      bodyLimit: FILE_BYTES_MAX,
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Make the configuration as a document says: all of it or nothing',
        description:
          'Live queues take it at once; calls in progress go on. Refused when the configuration is not the one that the plan was made for (412), or could not work (422).',
        querystring: ApplyQuery,
        headers: DigestMatch,
        body: FileBody,
        response: responses({ 200: PlanAnswer }),
      },
    },
    async (request, reply) => {
      const document = wantedOf(request.body.document);
      demandSections(request.principal, document);
      const plan = await apply(context, {
        document,
        principal: request.principal,
        remove: request.query.remove ?? false,
        expected: expectedDigest(request.headers['if-match']),
        by: byWhom(request, request.query.comment),
      });
      return answer(reply, request.principal, plan, true);
    },
  );
};

function compilerOf({ validatorCompiler }: FastifyInstance) {
  if (!validatorCompiler) throw new Error('The server has no validator.');
  return validatorCompiler;
}

/** Checked by its schema, which is the sections' own. */
const wantedOf = (document: object): ConfigurationDocument => document as ConfigurationDocument;

/** The path to the object that a problem begins with (`users/eva: …`, `flow menu: nodes.a: …`), in front of the rest. */
function placeIn(problem: string, document: unknown): string {
  const [, kind = '', key = '', rest = ''] = /^(\w+)[ /]([^\s:]+)(?:: (.*))?/s.exec(problem) ?? [];
  const isOf = (name: string): boolean => name.toLowerCase() === kind.toLowerCase();
  const section = SECTIONS.find(({ name, noun }) => isOf(name) || isOf(noun));
  if (!section) return problem;
  const entries = wantedOf(document as object)[section.name] ?? [];
  const index = entries.findIndex((entry) => keyOf(section, entry) === key);
  if (index < 0) return problem;
  const path = `${section.name}.${index}`;
  return section.name === 'flows' ? `${path}.document.${rest}` : `${path}: ${rest}`;
}

/** Without what somebody may not see. */
const visibleTo = (principal: Principal, document: ConfigurationDocument): ConfigurationDocument =>
  Object.fromEntries(
    SECTIONS.filter((section) => readsSection(principal, section)).map((section) => [
      section.name,
      (document[section.name] ?? []).filter((entry) => seesEntry(principal, section, entry)),
    ]),
  );

/** FORBIDDEN for a document that speaks of what somebody may not change, even if it would change nothing. */
function demandSections({ name: who, scopes }: Principal, document: ConfigurationDocument): void {
  for (const { name, writes } of SECTIONS)
    if (document[name] && writes && !scopes.includes(writes))
      throw new CodedError(
        refusal('FORBIDDEN', `${who} would need the scope ${writes} for the section ${name}.`),
      );
}

const expectedDigest = (header: string): string | undefined => /"(.+)"/.exec(header)?.[1];

/** The changes of thousands are written in short turns; all else when it leaves, its problems with their lines. */
async function answer(
  reply: FastifyReply,
  principal: Principal,
  { before, wanted, changes, findings, ...plan }: CheckedPlan,
  applied: boolean,
): Promise<Static<typeof PlanAnswer>> {
  const sees = await sightOf(principal, before);
  const lists = {
    changes: await jsonOfList(changes),
    findings: await jsonOfList(await findingsFor(principal, wanted, findings)),
    kept: await jsonOfList(plan.kept.filter(({ section, key }) => sees(section, key))),
  };
  const written = Object.entries(lists).map(([name, json]) => `"${name}":${json}`);
  void reply
    .type('application/json; charset=utf-8')
    .serializer((rest: unknown) => `${JSON.stringify(rest).slice(0, -1)},${written.join()}}`);
  return { ...plan, applied, kept: undefined } as never;
}
