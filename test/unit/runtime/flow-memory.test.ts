import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCompanyFile } from '../../../src/company-file.ts';
import { spokenTexts } from '../../../src/ivr/flow.ts';
import { atOnce } from '../../../src/lib/slices.ts';
import { FlowMemory } from '../../../src/runtime/flow/memory.ts';
import type { Configuration } from '../../../src/runtime/ports/index.ts';

const FILE = new URL('../../../config/example/company.yaml', import.meta.url);
const company = (): Configuration => readCompanyFile<Configuration>(FILE);

test('Flows are read again when they have changed, or something that they name', () => {
  const memory = new FlowMemory();
  const first = atOnce(memory.read(company()));
  assert.deepEqual(first.problems, []);
  const [agent] = company().agents;
  assert.ok(agent);
  assert.equal(atOnce(memory.read({ ...company(), agents: [agent] })), first);
  for (const flow of first.flows.values()) assert.equal(spokenTexts(flow), spokenTexts(flow));

  const { queues, flows, ...rest } = company();
  const fewer = atOnce(memory.read({ ...rest, flows, queues: queues.slice(1) }));
  assert.match(fewer.problems.join('\n'), /there is no queue ventas/);
  const renamed = flows.map((flow) => ({
    ...flow,
    document: { ...(flow.document as object), name: 'Otro' },
  }));
  const changed = atOnce(memory.read({ ...rest, queues, flows: renamed }));
  assert.deepEqual([...changed.flows.values()].map(({ name }) => name).slice(0, 1), ['Otro']);
});
