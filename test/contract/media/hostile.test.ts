import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Random } from '../../../src/lib/random.ts';
import { diceOf } from '../../support/seed.ts';
import { EslClient } from './support/esl-client.ts';
import { openSwitch, park } from './support/media-server.ts';

const embedded = { skip: process.env.SWITCH === 'external' };

const ROUNDS = 400;
const COMMANDS_MAX = 12;
/** All that the product says, and more; U is a channel, and W another one. */
const SAID = [
  'api status|api sofia status|api show channels as json|api uuid_dump U json|api uuid_exists U',
  'api uuid_bridge U W|api uuid_park U|api uuid_transfer U -both park inline|api uuid_break U all',
  'api uuid_broadcast U tone_stream://%(100,0,440) aleg|api uuid_setvar U a b|api uuid_getvar U a',
  'api uuid_record U start some.wav 5|api uuid_record U stop some.wav|api uuid_send_dtmf U 12@100',
  'api uuid_recv_dtmf U 1@100|api uuid_audio U start write mute 1|api uuid_hold U|api uuid_fileman U pause',
  'api conference c list|api conference c kick all|api uuid_audio_fork U start ws://127.0.0.1:1 mono 16000 x {}',
  'bgapi uuid_bridge U W|event json ALL|event plain CHANNEL_PARK CUSTOM conference::maintenance|nixevent ALL',
  'filter Unique-ID U|filter delete Unique-ID|linger 2|nolinger|divert_events on|connect|noevents|log 7',
  'sendevent CUSTOM\nEvent-Subclass: x|auth ClueCon|exit|constructor|event plain toString hasOwnProperty',
  'api constructor|bgapi toString|api __proto__ x|api conference c constructor|api uuid_kill U constructor',
].flatMap((line) => line.split('|'));
const RUN =
  'playback:tone_stream://%(100,0,440)|playback:no.wav|record:some.wav 1|conference:c@default'
    .concat(
      '|play_and_get_digits:1 4 2 500 # silence_stream://10 no.wav x \\d+|eavesdrop:W|three_way:W',
    )
    .concat(
      '|constructor:x|__proto__:|hasOwnProperty:|park:|sleep:10|set:a=b|multiset:a=b c=d|start_dtmf:|socket:127.0.0.1:1 async full|echo:|hangup:',
    )
    .split('|');

/** A command as our own application would send it, or what becomes of one on a bad day. */
function command(dice: Random, uuids: readonly string[]): string {
  const [name = '', ...argument] = dice.pick(RUN).split(':');
  const execute = `sendmsg U\ncall-command: execute\nexecute-app-name: ${name}\nexecute-app-arg: ${argument.join(':')}`;
  const said = dice.chance(0.5) ? execute : dice.pick(SAID);
  const named = said.replace(/[UW]\b/g, () => (dice.chance(0.9) ? dice.pick(uuids) : 'nobody'));
  return `${dice.chance(0.5) ? named : garbled(dice, named)}\n\n`;
}

const ODDS = [
  '\n',
  '\n\n',
  '\0',
  ' ',
  ':',
  '{',
  '}',
  '-1',
  '9'.repeat(20),
  'Content-Length: 5\n',
  '%',
  '\u00e9',
];

function garbled(dice: Random, text: string): string {
  const at = dice.between(0, text.length);
  return text.slice(0, at) + dice.pick(ODDS) + text.slice(at + dice.between(0, 6));
}

/** Recordings without a path lie where the media server was started, under names that nobody foresees. */
function inFolderOfItsOwn(t: TestContext): void {
  const before = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'said-'));
  process.chdir(folder);
  t.after(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });
}

test('Whatever is said to the event socket, the next channel is good', embedded, async (t) => {
  const dice = diceOf(t);
  inFolderOfItsOwn(t);
  const at = await openSwitch();
  for (let round = 0; round < ROUNDS; round += 1) {
    const legs = round % 10 === 0 ? [await park(at), await park(at)] : [];
    const uuids = legs.length > 0 ? legs.map(({ uuid }) => uuid) : ['nobody'];
    const socket = connect(at.eslPort, at.host);
    socket.on('error', () => {});
    socket.resume();
    await once(socket, 'connect');
    const many = Array.from({ length: dice.between(1, COMMANDS_MAX) }, () => command(dice, uuids));
    const auth = dice.chance(0.9) ? `auth ${at.secret}\n\n` : '';
    const text = Buffer.from(`${auth}${many.join('')}`);
    for (let from = 0; from < text.length && !socket.destroyed; ) {
      const to = from + dice.between(1, 2 * text.length);
      await new Promise((sent) => socket.write(text.subarray(from, to), sent));
      from = to;
    }
    await at.esl.api('status');
    socket.destroy();
    for (const leg of legs) leg.hangup();
  }
  const leg = await park(at);
  assert.equal((await at.esl.api(`uuid_exists ${leg.uuid}`)).trim(), 'true');
  leg.hangup();
  await at.close();
});

test(
  'Strangers who say half a word, too much, or nothing are let go; who knows the secret is served meanwhile',
  embedded,
  async () => {
    const at = await openSwitch();
    const strangers = [
      'auth',
      'x'.repeat(70_000),
      'auth x\nContent-Length: 999999999\n\n',
      'auth wrong\n\n',
    ];
    const gone = strangers.slice(1).map((said) => {
      const socket = connect(at.eslPort, at.host, () => socket.write(said));
      socket.on('error', () => {});
      socket.resume();
      return once(socket, 'close');
    });
    await Promise.all(gone);
    const many = Array.from({ length: 100 }, () => connect(at.eslPort, at.host));
    for (const socket of many) socket.on('error', () => {});
    await Promise.all(many.map((socket) => once(socket, 'connect')));
    const client = await EslClient.connect(at.host, at.eslPort, at.secret);
    assert.match(await client.api('status'), /UP/);
    client.close();
    for (const socket of many) socket.destroy();
    (await park(at)).hangup();
    await at.close();
  },
);

test('A channel that shall connect to what is no address goes on, and so does the media server', async () => {
  const at = await openSwitch();
  const leg = await park(at);
  for (const address of ['127.0.0.-1', '127.0.0.1:99999', '127.0.0.1:x', ':', '']) {
    await at.esl.execute(leg.uuid, 'socket', `${address} async full`);
  }
  assert.equal((await at.esl.api(`uuid_exists ${leg.uuid}`)).trim(), 'true');
  leg.hangup();
  await at.close();
});
