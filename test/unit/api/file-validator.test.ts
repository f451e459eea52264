import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exactly } from '../../../src/api/plugins/validation.ts';
import { fileValidator } from '../../../src/api/routes/configuration/file-validator.ts';
import { FileBody } from '../../../src/api/routes/configuration/schemas.ts';

type Validate = (body: unknown) => Promise<true>;
const compiler = fileValidator(() => {
  throw new Error('Nobody asks for anything but the body.');
});
const inTurns = compiler({ httpPart: 'body' } as never) as unknown as Validate;
const atOnce = exactly().compile(FileBody);

interface Told {
  readonly instancePath: string;
  readonly message?: string;
}
const told = (errors: readonly Told[] | null | undefined) =>
  (errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`).sort();

const queue = { id: 'ventas', name: 'Ventas' };
const agent = { id: '1001', name: 'Ana', extension: '1001' };
const manyAgents = Array.from({ length: 1_000 }, (_, n) => ({ ...agent, id: `a${n}` }));

for (const [what, body] of Object.entries<unknown>({
  'what is right': { document: { queues: [queue], agents: manyAgents } },
  'a field that is not there': { document: { queues: [queue, { ...queue, naem: 'x' }] } },
  'fields of two kinds': {
    document: { queues: [{ id: 'x' }], agents: [{ ...agent, extension: 7 }] },
  },
  'one of a thousand': {
    document: { agents: [...manyAgents.slice(0, 700), { ...agent, skills: 1 }] },
  },
  'a section that is none': { document: { quues: [] } },
  'a section that is no list': { document: { queues: null, agents: {} } },
  'entries that are no objects': { document: { queues: [1, null, 'x', []] } },
  'two houses': { document: { settings: [{ id: 'house' }, { id: 'house' }] } },
  'too many': {
    document: { teams: Array.from({ length: 20_001 }, (_, n) => ({ id: `t${n}`, name: 't' })) },
  },
  'no document': {},
  'something beside it': { document: {}, more: 1 },
  'a list': [],
  nothing: null,
}))
  test(`O8 a file is looked at entry by entry, and the same is said of it as by its whole schema: ${what}`, async () => {
    const whole = structuredClone(body);
    const parts = structuredClone(body);
    const isRight = atOnce(whole);
    const verdict = await inTurns(parts).catch((error: { validation: readonly Told[] }) => error);
    assert.deepEqual(told(verdict === true ? [] : verdict.validation), told(atOnce.errors));
    assert.equal(verdict === true, isRight);
    assert.deepEqual(parts, whole, 'what is taken by default is there');
  });
