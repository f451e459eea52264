import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { flow, ROOT } from '../support/flow-command.ts';

const COMPANY = join(ROOT, 'config/example/company.yaml');
const folder = mkdtempSync(join(tmpdir(), 'flow-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const GOOD = `# yaml-language-server: $schema=flow.schema.json
name: Prueba
languages: [es-MX, en]
start: quien
nodes:
  quien: { type: identify, next: menu }
  menu:
    type: menu
    prompts: [{ es: "Para ventas, marque uno.", en: "For sales, press one." }]
    choices:
      - { key: 1, next: cola }
      - { key: 9, set: { language: en }, next: menu }
    failed: adios
  cola: { type: queue, queue: ventas, onOverflow: { nadie: adios } }
  adios: { type: hangup, prompts: [{ es: "Adiós, {name}.", en: "Goodbye, {name}." }] }
`;

test('V2 check names every problem with its line and column', async () => {
  const good = file('bueno.yaml', GOOD);
  const checked = await flow(['check', good, '--company', COMPANY]);
  assert.deepEqual([checked.code, checked.err], [0, '']);
  assert.match(checked.out, /4 nodes in es-MX, en without problems/);
  const bad = file(
    'malo.yaml',
    GOOD.replace('next: cola }', 'next: colas }').replace('queue: ventas', 'queue: compras'),
  );
  const refused = await flow(['check', bad, good, '--company', COMPANY]);
  assert.equal(refused.code, 1);
  assert.match(
    refused.out,
    /malo\.yaml:11:19: nodes\.menu\.choices\[0\]\.next: there is no node colas/,
  );
  assert.match(refused.out, /malo\.yaml:14:24: nodes\.cola\.queue: there is no queue compras/);
  assert.match(refused.out, /malo\.yaml:14:3: nodes\.cola: no call can get here/);
  const recorded = file(
    'grabado.yaml',
    GOOD.replace('prompts: [{ es: "Adiós', 'prompts: [{ audio: fin }, { es: "Adiós'),
  );
  const named = await flow(['check', recorded, '--company', COMPANY]);
  assert.match(named.out, /without problems; to be uploaded: fin\n/);
  const broken = file('roto.yaml', 'name: [1, 2\nstart: a\n');
  const unread = await flow(['check', broken]);
  assert.equal(unread.code, 2);
  assert.match(unread.err, /roto\.yaml:\d+:\d+: /);
});

test('V2 run walks a flow by what is typed: keys, silence, callers, queues, in every language', async () => {
  const good = file('andar.yaml', GOOD);
  const script = [
    'who +525555550001',
    '9',
    '7',
    'wait',
    '1',
    'overflow nadie',
    'wait',
    'who',
    '1',
    'agent',
  ];
  const walked = await flow(['run', good, '--company', COMPANY], `${script.join('\n')}\n`);
  const said = walked.out.split('\n').filter((line) => /^(es-MX|en|…|✖|☎|☺|\?)/.test(line));
  assert.deepEqual(said, [
    '☎ somebody calls 8005550100',
    'es-MX: Para ventas, marque uno.',
    '☎ +525555550001 calls 8005550100',
    'es-MX: Para ventas, marque uno.',
    'en: For sales, press one.',
    'en: For sales, press one.',
    'en: For sales, press one.',
    '… waits in the queue ventas, priority 8',
    'en: Goodbye, Ana García.',
    '✖ hung up (flowEnded)',
    '? the call is over; who begins another',
    '☎ somebody calls 8005550100',
    'es-MX: Para ventas, marque uno.',
    '… waits in the queue ventas, priority 5',
    '☺ talks to an agent, who hangs up',
  ]);
  assert.equal(walked.code, 1, 'a line that could not be obeyed');
});

test('V2 graph draws a flow, with the keys and conditions on its ways', async () => {
  const drawn = await flow(['graph', file('dibujo.yaml', GOOD), '--company', COMPANY]);
  assert.equal(drawn.code, 0, drawn.err);
  assert.match(drawn.out, /^flowchart TD\n/);
  assert.match(drawn.out, /n1 -->\|"9"\| n1/);
  assert.match(drawn.out, /n1 -\.->\|"failed"\| n3/);
  assert.match(drawn.out, /n2 -\.->\|"onOverflow\.nadie"\| n3/);
});

test('V2 what cannot be done is answered with the usage', async () => {
  const usage = /Usage: npm run flow -- check\|run\|graph FILE/;
  for (const args of [
    [],
    ['check'],
    ['dance', 'x.yaml'],
    ['run', 'a', 'b'],
    ['--nope'],
    ['run', 'x', '--at', 'luego'],
  ]) {
    const { code, err } = await flow(args);
    assert.equal(code, 2, args.join(' '));
    assert.match(err, usage);
  }
  const missing = await flow(['run', join(folder, 'nada.yaml')]);
  assert.deepEqual([missing.code, missing.out], [2, '']);
  assert.match(missing.err, /nada\.yaml cannot be read/);
});
