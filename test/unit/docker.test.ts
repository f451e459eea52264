import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { HOUSE_FLAGS } from '../../demo/system.ts';
import { VARIABLES } from '../../src/config/environment.ts';

const root = new URL('../../', import.meta.url);
const textOf = (name: string): string => readFileSync(new URL(name, root), 'utf8');
const linesOf = (name: string): readonly string[] => textOf(name).split('\n');

interface Service {
  readonly environment: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
  readonly command: readonly string[];
  readonly depends_on: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
}

interface Composition {
  readonly services: Readonly<
    Record<'centralita' | 'freeswitch' | 'folders' | 'drachtio' | 'postgres', Service>
  >;
  readonly volumes: Readonly<Record<string, null>>;
}

const { services, volumes } = parse(textOf('compose.yaml')) as Composition;
const mountsOf = ({ volumes }: Service) => volumes.map((volume) => volume.split(':'));

test('What the image is built from is there, and is let into the build', () => {
  const letIn = linesOf('.dockerignore').filter((line) => line.startsWith('!'));
  const copied = linesOf('Dockerfile')
    .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
    .flatMap((line) => line.split(' ').slice(1, -1));
  assert.ok(copied.length > 0);
  for (const name of copied) {
    assert.ok(existsSync(new URL(name, root)), `${name} is there`);
    assert.ok(letIn.includes(`!${name}`), `${name} is let in`);
  }
});

test('Node is started alike by npm start, in the image, and in demo, tests and benches', () => {
  const start = ['node', ...HOUSE_FLAGS, 'dist/main.js'];
  const [, command = ''] = /^CMD (.*)$/m.exec(textOf('Dockerfile')) ?? [];
  assert.deepEqual(JSON.parse(command), start);
  assert.ok(JSON.parse(textOf('package.json')).scripts.start.endsWith(`exec ${start.join(' ')}`));
});

test('Every variable that compose.yaml and the image set is known to whom it is set for', () => {
  for (const name of Object.keys(services.centralita.environment))
    assert.ok(VARIABLES.includes(name), `${name} is a variable of ours`);
  const known = textOf('freeswitch/vars.xml');
  for (const name of Object.keys(services.freeswitch.environment))
    assert.ok(known.includes(`=$${name}"`), `${name} stands in vars.xml`);
  const [, image = ''] = /^ENV ((?:.*\\\n)*.*)$/m.exec(textOf('Dockerfile')) ?? [];
  const set = [...image.matchAll(/([A-Z_]+)=/g)].map(([, name = '']) => name);
  assert.deepEqual(
    set.filter((name) => !VARIABLES.includes(name)),
    ['NODE_ENV'],
  );
});

test('Every variable stands in the example and in the handbook', () => {
  const [example, handbook] = ['config/centralita.env.example', 'docs/operations.md'].map(textOf);
  const speech = textOf('docs/speech.md');
  for (const name of VARIABLES) {
    assert.match(example ?? '', new RegExp(`^#?${name}=`, 'm'), `${name} is in the example`);
    assert.ok(`${handbook}${speech}`.includes(name), `${name} is in the handbook`);
  }
});

test('What the application writes to is its own, and the same folder for FreeSWITCH', () => {
  const { centralita, folders, freeswitch } = services;
  const mine = mountsOf(centralita);
  for (const [volume = '', path = ''] of mine) {
    assert.ok(volume in volumes, `${volume} is a volume`);
    assert.ok(folders.command.includes(path), `${path} is given to the application`);
  }
  assert.deepEqual(mountsOf(folders), mine);
  for (const [volume = '', path = ''] of mountsOf(freeswitch).slice(1))
    assert.ok(
      mine.some(([name, at]) => name === volume && at === path),
      `${path} is the same there`,
    );
});

test('The application starts after what it needs is well', () => {
  const waits = Object.entries(services.centralita.depends_on);
  assert.equal(waits.length, 4);
  for (const [name, { condition }] of waits)
    assert.ok(
      condition === 'service_completed_successfully' ||
        services[name as keyof Composition['services']].healthcheck,
      `${name} says when it is well`,
    );
});
