import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { startTestApi, type TestApi } from '../../support/api.ts';

interface Operation {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly required?: boolean;
    readonly schema: { readonly default?: unknown };
  }[];
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

let api: TestApi;
let document: Document;
before(async () => {
  api = await startTestApi();
  document = (await api.request('GET', '/openapi.json')).body;
});
after(() => api.stop());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

test('the document is OpenAPI 3.1 and names every resource', () => {
  assert.match(document.openapi, /^3\.1\./);
  const resources = [
    'numbers',
    'flows',
    'queues',
    'agents',
    'contacts',
    'calls',
    'callbacks',
    'cdrs',
  ];
  for (const resource of resources)
    assert.ok(document.paths[`/v1/${resource}`] ?? document.paths[`/v1/${resource}/`], resource);
});

test('every operation has a summary, a tag and problem details', () => {
  for (const { path, method, operation } of operations()) {
    assert.ok(operation.summary, `${method} ${path}`);
    assert.equal(operation.tags.length, 1, `${method} ${path}`);
    if (path.startsWith('/v1'))
      assert.match(
        JSON.stringify(operation.responses['4XX']),
        /problem\+json/,
        `${method} ${path}`,
      );
  }
});

test('every operation has a name of its own, and asks for nothing that it takes by default', () => {
  const names = operations().map(({ operation }) => operation.operationId);
  assert.equal(new Set(names).size, names.length);
  assert.equal(document.paths['/v1/agents/{id}/ledger']?.get?.operationId, 'getAgentsByIdLedger');
  for (const { path, method, operation } of operations())
    for (const { name, required, schema } of operation.parameters ?? [])
      assert.ok(!(required && schema.default !== undefined), `${method} ${path}: ${name}`);
  const limit = document.paths['/v1/queues']?.get?.parameters?.find(({ name }) => name === 'limit');
  assert.deepEqual([limit?.required ?? false, limit?.schema.default], [false, 50]);
});

test('every schema in it is JSON Schema 2020-12', () => {
  const compile = compiler();
  for (const schema of schemasIn(document)) compile(schema);
});

test('what the product is made of has a name, once, wherever it stands', () => {
  const { schemas } = document.components;
  for (const name of ['Queue', 'QueuePage', 'QueueBody', 'QueuePatch', 'Cdr', 'Call', 'Problem'])
    assert.ok(schemas[name], name);
  const answer = document.paths['/v1/queues/{id}']?.get?.responses['200'];
  assert.match(JSON.stringify(answer), /"\$ref":"#\/components\/schemas\/Queue"/);
  const page = JSON.stringify(schemas.QueuePage);
  assert.match(page, /"items":\{"\$ref":"#\/components\/schemas\/Queue"\}/);
  for (const { path, method, operation } of operations())
    for (const [status, { content = {} }] of Object.entries(operation.responses))
      for (const [type, { schema }] of Object.entries(content))
        if (type === 'application/json' && path.startsWith('/v1'))
          assert.ok(isNamed(schema), `${method} ${path} ${status}: ${JSON.stringify(schema)}`);
});

test('every operation answers, and with a status that it documents', async () => {
  const seen = new Set<string>();
  for (const { path, method, operation } of operations()) {
    const url = path
      .replace('{version}', '1')
      .replace('{dnis}', '123')
      .replace(/\{\w+\}/, 'x');
    const answer = await api.request(method.toUpperCase(), url);
    const documented = Object.keys(operation.responses).map((status) => status.toUpperCase());
    const family = `${String(answer.status)[0]}XX`;
    assert.ok(
      documented.includes(String(answer.status)) || documented.includes(family),
      `${method} ${path} answered ${answer.status}, not ${documented}`,
    );
    assert.notEqual(answer.body?.code, 'ROUTE_UNKNOWN', `${method} ${path}`);
    assert.ok(answer.status < 500, `${method} ${path}: ${answer.text}`);
    seen.add(path);
  }
  assert.ok(seen.size >= 20, `${seen.size} paths`);
});

test('every example is valid by the schema that it stands in', () => {
  let count = 0;
  const compile = compiler();
  for (const schema of schemasWithExamples(document)) {
    const valid = compile(schema);
    for (const example of schema.examples) {
      count += 1;
      assert.ok(valid(example), `${JSON.stringify(example)}: ${JSON.stringify(valid.errors)}`);
    }
  }
  assert.ok(count > 200, `${count} examples`);
});

test('the document is rendered', async () => {
  for (const url of ['/docs', '/docs/'])
    assert.match((await api.request('GET', url)).text, /swagger-ui/, url);
});

test('metrics, health and readiness need no key', async () => {
  for (const url of ['/healthz', '/readyz', '/metrics', '/docs/static/swagger-ui.css']) {
    const answer = await api.app.inject({ method: 'GET', url });
    assert.equal(answer.statusCode, 200, url);
  }
  const { text } = await api.request('GET', '/metrics');
  assert.match(text, /centralita_http_request_duration_seconds_bucket\{.*route="\/healthz"/);
});

const DOCUMENT = 'https://centralita.example/openapi.json';

/** A compiler that knows the named schemas. */
function compiler(): (schema: object) => ValidateFunction {
  const elsewhere = (part: unknown) =>
    JSON.parse(JSON.stringify(part).replaceAll('"#/components/', `"${DOCUMENT}#/components/`));
  const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true } });
  ajv.addSchema({ $id: DOCUMENT, components: elsewhere(document.components) });
  return (schema) => ajv.compile(elsewhere(schema));
}

const isNamed = (schema: object): boolean => '$ref' in schema || isList(schema);
const isList = (schema: object): boolean => 'items' in schema && isNamed(schema.items as object);

/** Every schema that stands where OpenAPI puts schemas. */
function schemasIn(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === 'schema' && typeof child === 'object' && child !== null ? [child] : schemasIn(child),
  );
}

function schemasWithExamples(value: unknown): { readonly examples: readonly unknown[] }[] {
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.values(value).flatMap(schemasWithExamples);
  return 'examples' in value && Array.isArray(value.examples)
    ? [{ ...value, examples: value.examples }, ...inside]
    : inside;
}
