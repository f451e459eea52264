import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { EventSocket } from '../../../src/telephony/event-socket.ts';
import { eventually } from '../../support/eventually.ts';
import { FakeEventSocket } from '../../support/fake-event-socket.ts';

async function open(secret?: string, prepare: (server: FakeEventSocket) => void = () => {}) {
  const server = await FakeEventSocket.open();
  prepare(server);
  const clock = new ManualClock(1_000);
  const heard: string[] = [];
  const socket = new EventSocket({
    host: '127.0.0.1',
    port: server.port,
    secret: secret ?? server.secret,
    clock,
    log: silentLogger,
    onEvent: (name) => heard.push(name),
    onUp: () => heard.push('up'),
    onDown: () => heard.push('down'),
  });
  socket.connect();
  const close = () => {
    socket.close();
    return server.close();
  };
  return { server, clock, socket, heard, close };
}

test('An event that nobody can read is one event less, not the end of every call', async () => {
  const { server, socket, heard, close } = await open();
  await eventually('it is up', () => socket.up);
  server.event('{"Event-Name": "DTMF", "Unique-ID": "a');
  server.event('{"Event-Name": "DTMF", "Unique-ID": "a"}');
  await eventually('the next event is heard', () => heard.includes('DTMF'));
  assert.deepEqual(heard, ['up', 'DTMF']);
  await close();
});

test('Answers come in the order of the questions, and with the connection’s end there is an answer, too', async () => {
  const { server, socket, heard, close } = await open();
  await eventually('it is up', () => socket.up);
  server.answerOf = (command) => `${command}\n`;
  const answers = await Promise.all(['one', 'two', 'three'].map((word) => socket.api(word)));
  assert.deepEqual(answers, ['one\n', 'two\n', 'three\n']);
  const pending = socket.api('four');
  server.drop();
  assert.match(await pending, /^(four|-ERR)/);
  await eventually('it is down', () => heard.includes('down'));
  assert.equal(await socket.api('five'), '-ERR not connected');
  const execution = { application: 'playback', argument: 'a', executionId: 'x' };
  assert.equal(socket.execute('uuid', execution), false, 'nothing that never ends is begun');
  await close();
});

test('A wrong secret is tried again, and is not up meanwhile', async () => {
  const { server, clock, socket, heard, close } = await open('wrong');
  const attempts = () => server.commands.filter((command) => command.startsWith('auth')).length;
  await eventually('a first attempt', () => attempts() === 1);
  await eventually('it has been let go', () => server.connections.size === 0);
  clock.advance(10_000);
  await eventually('a second attempt', () => attempts() === 2);
  assert.equal(socket.up, false);
  assert.deepEqual(heard, []);
  await close();
});

test('A server that takes the connection and says nothing is left, and tried again', async () => {
  const { server, clock, socket, close } = await open(undefined, (fake) => {
    fake.silent = true;
  });
  await eventually('it is connected', () => server.connections.size === 1);
  server.silent = false;
  clock.advance(70_000);
  await eventually('it is up after all', () => {
    clock.advance(1_000);
    return socket.up;
  });
  await close();
});
