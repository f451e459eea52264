import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { flowSchema, flowSchemaText } from '../../src/ivr/flow.ts';
import { NODE_KINDS } from '../../src/ivr/nodes/kinds.ts';

const FILE = new URL('../../config/schema/flow.schema.json', import.meta.url);
const DOCS = new URL('../../docs/flows.md', import.meta.url);
/** Fields of all nodes, or of all that ask, are told above the sections. */
const TOLD_ONCE = new Set([
  'type',
  'next',
  'prompts',
  'failed',
  'retries',
  'timeoutSeconds',
  'noInput',
  'noMatch',
]);
const valid = new Ajv2020({ strict: false }).compile(JSON.parse(flowSchemaText()));

const flow = (nodes: object): object => ({
  name: 'Prueba',
  languages: ['es-MX'],
  start: 'a',
  nodes,
});

describe('the published JSON Schema of a flow', () => {
  it('is the file in config/schema; `npm run flow -- schema` writes it', () => {
    assert.equal(readFileSync(FILE, 'utf8'), flowSchemaText());
  });

  it('has every kind of node, each with what it does', () => {
    const defs = (flowSchema as { $defs?: unknown }).$defs as Readonly<
      Record<string, { readonly description?: string }>
    >;
    assert.deepEqual(
      Object.keys(defs),
      NODE_KINDS.map(({ type }) => type),
    );
    for (const def of Object.values(defs)) assert.match(def.description ?? '', /^[A-Z].*\.$/);
  });

  it('says of a node what is wrong with it as the kind that it is', () => {
    assert.ok(valid(flow({ a: { type: 'hangup' } })));
    assert.ok(!valid(flow({ a: { type: 'play', prompts: ['hola'], nxt: 'b' } })));
    const errors = (valid.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
    assert.ok(errors.includes("/nodes/a must have required property 'next'"), errors.join('\n'));
    assert.ok(!valid(flow({ a: { type: 'jugar' } })));
    assert.match(JSON.stringify(valid.errors), /allowedValues/);
  });

  it('is told to authors: docs/flows.md has a section for every kind of node, and names its fields', () => {
    const sections = readFileSync(DOCS, 'utf8').split(/^#+ /m);
    for (const { type, schema } of NODE_KINDS) {
      const about = sections.filter((section) =>
        section.split('\n', 1)[0]?.includes(`\`${type}\``),
      );
      assert.equal(about.length, 1, `${about.length} sections are about ${type}`);
      const fields = Object.keys((schema as unknown as { properties: object }).properties);
      const untold = fields.filter((field) => !TOLD_ONCE.has(field) && !about[0]?.includes(field));
      assert.deepEqual(untold, [], `of ${type}`);
    }
  });
});
