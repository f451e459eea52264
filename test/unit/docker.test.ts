import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url);
const linesOf = (name: string): readonly string[] =>
  readFileSync(new URL(name, root), 'utf8').split('\n');

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
