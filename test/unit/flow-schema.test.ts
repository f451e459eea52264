import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { flowSchema, flowSchemaText } from '../../src/ivr/flow.ts';
import { NODE_KINDS } from '../../src/ivr/nodes/kinds.ts';

const FILE = new URL('../../config/schema/flow.schema.json', import.meta.url);
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
});
