import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify';
import { SESSION_COOKIE } from '../../lib/presented.ts';
import { withNamedSchemas } from './named-schemas.ts';

const TAGS = [
  { name: 'numbers', description: 'The numbers that the company is called at' },
  { name: 'flows', description: 'What callers hear, in versions' },
  { name: 'queues', description: 'Where callers wait' },
  { name: 'agents', description: 'Who answers, and what they are doing' },
  { name: 'teams', description: 'Whose supervisors see and steer whom' },
  { name: 'skills', description: 'What agents are good at, and calls need' },
  { name: 'groups', description: 'To whom calls may be widened' },
  { name: 'devices', description: 'The phones that are registered' },
  { name: 'contacts', description: 'The people known to the company' },
  { name: 'calls', description: 'Calls in progress' },
  { name: 'cdrs', description: 'Calls that are over' },
  { name: 'callbacks', description: 'Promises to ring customers back' },
  { name: 'voicemails', description: 'Messages that callers have left' },
  { name: 'surveys', description: 'What callers answered when asked how it was' },
  {
    name: 'configuration',
    description: 'The whole of it as one document, and what is wrong with it',
  },
  { name: 'webhooks', description: 'Where what happens is sent to' },
  {
    name: 'dispositions',
    description: 'What agents say about conversations, and about themselves',
  },
  { name: 'access', description: 'Who may come in, what they may do, and what they did' },
  { name: 'reports', description: 'Figures by interval, agents\u2019 timelines, exports' },
  { name: 'settings', description: 'What the house goes by as a whole' },
  { name: 'system', description: 'Health, metrics and this document' },
];

/** The document is made from the schemas that validate, so it cannot say anything else than they do. */
export async function registerOpenapi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    transform: ({ schema, url, route }) => ({
      // Generated clients name their functions by it.
      schema: { operationId: operationIdOf(route), ...schemaOf(schema, route.config?.takesYaml) },
      url,
    }),
    transformObject: (made) =>
      'openapiObject' in made ? withNamedSchemas(made.openapiObject) : made.swaggerObject,
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Centralita',
        version,
        description:
          'A call centre for the telephone. Errors are problem details (RFC 9457); lists are paged by cursor; times are ISO 8601 in UTC.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/', description: 'The house that this document comes from' }],
      tags: TAGS,
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer' },
          apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
          session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE },
        },
      },
      security: [{ bearer: [] }, { apiKey: [] }, { session: [] }],
    },
  });
}

function schemaOf(schema: FastifySchema, takesYaml = false): FastifySchema {
  const eased = withoutNeedlessDemands(schema);
  return takesYaml ? withYaml(eased) : eased;
}

/** As YAML the body is the document alone; what may stand beside it is in the query. */
function withYaml(schema: FastifySchema): FastifySchema {
  const { document } = (schema.body as { readonly properties: Record<string, unknown> }).properties;
  const content = {
    'application/json': { schema: schema.body },
    'application/yaml': { schema: document },
  };
  return { ...schema, body: { content } };
}

/** `GET /v1/agents/:id/ledger`: `getAgentsByIdLedger`. */
function operationIdOf({ method, url }: Pick<RouteOptions, 'method' | 'url'>): string {
  const words = url
    .replace(/^\/v1/, '')
    .replaceAll('/:', '/by-')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  const name = words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('');
  return `${String(method).toLowerCase()}${name}`;
}

/** What is taken by default need not be sent: the validator has it there before it looks. */
function withoutNeedlessDemands(schema: FastifySchema): FastifySchema {
  const { querystring, body, ...rest } = schema ?? {};
  return {
    ...rest,
    ...(querystring ? { querystring: optionalByDefault(querystring) } : {}),
    ...(body ? { body: optionalByDefault(body) } : {}),
  };
}

function optionalByDefault(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(optionalByDefault);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(([name, part]) => [name, optionalByDefault(part)]);
  const { required, properties = {} } = node as {
    readonly required?: unknown;
    readonly properties?: Readonly<Record<string, { readonly default?: unknown }>>;
  };
  const copy = Object.fromEntries(entries);
  if (!Array.isArray(required)) return copy;
  const needed = required.filter((name) => properties[name]?.default === undefined);
  return { ...copy, required: needed };
}
