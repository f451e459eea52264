import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { SESSION_COOKIE } from '../../lib/presented.ts';

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
      schema: route.config?.takesYaml ? withYaml(schema) : schema,
      url,
    }),
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Centralita',
        version,
        description:
          'A call centre for the telephone. Errors are problem details (RFC 9457); lists are paged by cursor; times are ISO 8601 in UTC.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
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

/** As YAML the body is the document alone; what may stand beside it is in the query. */
function withYaml(schema: FastifySchema): FastifySchema {
  const { document } = (schema.body as { readonly properties: Record<string, unknown> }).properties;
  const content = {
    'application/json': { schema: schema.body },
    'application/yaml': { schema: document },
  };
  return { ...schema, body: { content } };
}
