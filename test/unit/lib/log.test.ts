import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger, type LogLevel } from '../../../src/lib/log.ts';

/** What a line of that logger says. */
function lineOf(options: { showsPersonal?: boolean }, fields: object, child: object = {}): string {
  let written = '';
  const stream = {
    write(text: string): void {
      written += text;
    },
  };
  createLogger('info', { ...options, stream })
    .child(child)
    .info(fields, 'Said');
  return written;
}

const NUMBER = '+525555550001';
const PLACES = [
  { pii: NUMBER },
  { pii: { number: NUMBER, digits: [NUMBER] } },
  { call: { pii: NUMBER } },
  { event: { data: { pii: { number: NUMBER } } } },
];

test('the level follows whoever says it, for rooms and children that have the logger already', () => {
  const lines: string[] = [];
  const log = createLogger('info', { stream: { write: (text: string) => void lines.push(text) } });
  const child = log.child({ room: 'feed' });
  child.debug({}, 'Quiet');
  let level: LogLevel = 'debug';
  log.follow(() => level);
  child.debug({}, 'Loud');
  level = 'silent';
  child.error({}, 'Silent');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).msg),
    ['Loud'],
  );
});

test('an error that is a fact of a line is there with what it says and where it came from', () => {
  const { error } = JSON.parse(lineOf({}, { error: new TypeError('Not a number') }));
  assert.deepEqual([error.type, error.message], ['TypeError', 'Not a number']);
  assert.match(error.stack, /log\.test\.ts/);
  assert.equal(JSON.parse(lineOf({}, { error: 'in words' })).error, 'in words');
});

test('personal data are not in the log, wherever the key pii stands, unless the operator says so', () => {
  for (const fields of PLACES) {
    const line = lineOf({}, fields);
    assert.equal(line.includes('5550001'), false, line);
    assert.match(line, /\[Redacted\]/);
    assert.match(lineOf({ showsPersonal: true }, fields), /5550001/);
  }
  assert.equal(
    lineOf({}, {}, { pii: { number: NUMBER } }).includes('5550001'),
    false,
    'of a child',
  );
});
