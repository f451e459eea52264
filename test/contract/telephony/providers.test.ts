import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '../../../src/lib/secret.ts';
import { trunkId } from '../../../src/model/ids.ts';
import { TRUNK_DEFAULTS } from '../../../src/model/trunk.ts';
import { eventually } from '../../support/eventually.ts';
import { Desk } from './support/desk.ts';
import { openSuite } from './support/suite.ts';
import { WaysOut } from './support/ways-out.ts';

const { desk, switches } = await openSuite();
const out = new WaysOut(desk);

const ACCOUNT = { username: 'acme', password: new Secret('right'), registerSeconds: 60 };
const isRegistered = () =>
  eventually('registered', () => out.stateOf(0)?.registration?.state === 'registered', 8_000);

test('It registers, refreshes, and takes the registration back', async () => {
  const to = await out.carrier({ user: 'acme', password: 'right', algorithm: 'SHA-256' });
  to.registerAnswers.push({ status: 423, headers: [['Min-Expires', '120']] });
  to.grantSeconds = 2;
  out.trunks({ to, username: 'acme', password: new Secret('right'), registerSeconds: 60 });
  const [first] = await eventually('registered', () => to.registers[0] && to.registers);
  assert.equal(first?.headers.get('expires'), '120');
  assert.match(first?.headers.get('contact') ?? '', /^<sip:acme@127\.0\.0\.1:\d+/);
  await eventually('it says so', () => out.stateOf(0)?.registration?.state === 'registered');
  assert.notEqual(out.stateOf(0)?.registration?.expiresAt, undefined);
  desk.telephony.trunks.configure([]);
  const last = await eventually('taken back', () => to.registers[1]);
  assert.equal(last.headers.get('expires'), '0');
  assert.equal(last.headers.get('call-id'), first?.headers.get('call-id'));
});

test('A refused registration says why, and is not tried again at once', async () => {
  const to = await out.carrier({ user: 'acme', password: 'right' });
  out.trunks({ to, username: 'acme', password: new Secret('wrong'), registerSeconds: 60 });
  await eventually('it fails', () => out.stateOf(0)?.registration?.state === 'failed');
  assert.equal(out.stateOf(0)?.registration?.problem, 'wrong user or password');
  assert.equal(to.registers.length, 0);
});

test('OPTIONS finds a trunk that is gone before a call does, and one that is back', async () => {
  const to = await out.carrier();
  to.optionsStatus = 405;
  out.trunks({ to, optionsSeconds: 1 });
  await eventually('it is up', () => out.stateOf(0)?.health === 'up');
  to.optionsStatus = 503;
  await eventually('it is down', () => out.stateOf(0)?.health === 'down', 8_000);
  assert.equal(out.stateOf(0)?.problem, 'OPTIONS: 503');
  to.optionsStatus = 200;
  await eventually('it is up again', () => out.stateOf(0)?.health === 'up', 8_000);
});

test('A provider that wants to be left alone is, and its other trunk comes first meanwhile', async () => {
  const to = await out.carrier();
  const other = await out.carrier();
  to.registerAnswers.push({ status: 503, headers: [['Retry-After', '3']] });
  out.trunks({ to, ...ACCOUNT }, { to: other });
  await eventually('it fails', () => out.stateOf(0)?.registration?.state === 'failed');
  const since = performance.now();
  const call = out.dial();
  await call.answered;
  assert.equal(other.calls.length, 1, 'who does not know us is tried last');
  call.hangup();
  await isRegistered();
  // It heard of the three seconds a moment before we did.
  assert.ok(performance.now() - since > 2_800);
});

test('A provider that was away is told at once when it is back: it may have forgotten us', async () => {
  const to = await out.carrier();
  out.trunks({ to, ...ACCOUNT, registerSeconds: 600, optionsSeconds: 1 });
  await isRegistered();
  await eventually('it is up', () => out.stateOf(0)?.health === 'up');
  to.optionsStatus = 503;
  await eventually('it is down', () => out.stateOf(0)?.health === 'down', 8_000);
  assert.equal(to.registers.length, 1);
  to.optionsStatus = 200;
  await eventually('it is told again', () => to.registers.length === 2, 8_000);
});

test('What is changed of a trunk does not take its registration back', async () => {
  const to = await out.carrier({ user: 'acme', password: 'right' });
  out.trunks({ to, ...ACCOUNT });
  await isRegistered();
  out.trunks({ to, ...ACCOUNT, name: 'Another name', callsMax: 7 });
  out.trunks({ to, ...ACCOUNT, registerSeconds: 90 });
  const again = await eventually('the new time', () => to.registers[1]);
  const callIds = to.registers.map(({ headers }) => headers.get('call-id'));
  assert.equal(again.headers.get('expires'), '90');
  assert.equal(new Set(callIds).size, 1, 'one registration');
  assert.equal(out.stateOf(0)?.registration?.state, 'registered');
  out.trunks({ to, ...ACCOUNT, enabled: false });
  const last = await eventually('taken back', () => to.registers[2]);
  assert.equal(last.headers.get('expires'), '0');
});

test('Whoever closes takes the registration back, and proves it', async () => {
  const to = await out.carrier({ user: 'acme', password: 'right' });
  const house = await Desk.open(switches);
  house.telephony.trunks.configure([
    { ...TRUNK_DEFAULTS, id: trunkId('t'), name: 'T', uri: to.uri, optionsSeconds: 0, ...ACCOUNT },
  ]);
  await eventually('registered', () => to.registers.length === 1);
  await house.close();
  assert.equal(to.registers[1]?.headers.get('expires'), '0');
});
