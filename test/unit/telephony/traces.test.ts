import assert from 'node:assert/strict';
import { test } from 'node:test';
import type Srf from 'drachtio-srf';
import { systemClock } from '../../../src/lib/clock.ts';
import { type Trace, Traces } from '../../../src/telephony/traces.ts';

type Sent = Readonly<Record<string, unknown>> & { readonly method: string };

/** A drachtio that knows these dialogs, and all requests that it was given. */
function drachtio(known: readonly string[] = []) {
  const sent: Sent[] = [];
  const srf = {
    request(_uri: string, options: Sent, told: (error: unknown) => void) {
      sent.push(options);
      const id = options.stackDialogId ?? options.stackTxnId;
      told(id === undefined || known.includes(String(id)) ? null : new Error('unknown'));
    },
  };
  return { srf: srf as unknown as Srf, sent };
}

function memory(left: ReadonlyMap<string, unknown> = new Map()) {
  const kept = new Map<string, unknown>(left);
  const keep = (key: string, trace: Trace) => void kept.set(key, trace);
  return { kept, left, keep, drop: (key: string) => void kept.delete(key) };
}

const headers = (all: Record<string, string>) => ({ get: (name: string) => all[name] });
/** A caller's, as srf has it. */
const dialog = {
  ...{ id: 'c1;from-tag=theirs', type: 'uas', local: { uri: 'sip:us', sdp: 'o' } },
  ...{ remote: { uri: 'sip:ana@10.0.0.9', sdp: 'a' } },
  sip: { callId: 'c1', localTag: 'ours', remoteTag: 'theirs' },
  req: {
    ...headers({ From: '<sip:ana@x>;tag=theirs', To: '<sip:800@us>' }),
    ...{ protocol: 'udp', source_address: '192.0.2.7', source_port: 5062 },
  },
} as unknown as Srf.Dialog;

const invite = {
  ...headers({ 'Call-ID': 'c2', From: '<sip:ana@us>;tag=ours2' }),
  ...{ uri: 'sip:1001@phone', stackTxnId: 't1' },
} as unknown as Srf.SrfRequest;
const response = (status: number, more: Record<string, string>) =>
  ({
    ...headers({ To: '<sip:1001@phone>', ...more }),
    ...{ status, protocol: 'udp', source_address: '192.0.2.8', source_port: 5064 },
  }) as unknown as Srf.SrfResponse;
const trying = response(100, {});
const ringing = response(180, {
  ...{ To: '<sip:1001@phone>;tag=theirs2', Contact: '<sip:1001@10.0.0.8>;expires=60' },
});

/** What a process that died has left: that dialog, and a phone that rings. */
function leftBehind(): ReadonlyMap<string, unknown> {
  const { kept, ...book } = memory();
  const traces = new Traces(drachtio().srf, systemClock, book);
  traces.dialog(dialog);
  const { heard } = traces.invite(invite);
  for (const provisional of [trying, ringing, ringing]) heard(provisional);
  return new Map(JSON.parse(JSON.stringify([...kept])));
}

test('A leg is kept in mind for as long as it lives', () => {
  const book = memory();
  const over = new Traces(drachtio().srf, systemClock, book).dialog(dialog);
  assert.deepEqual([...book.kept.keys()], ['c1;from-tag=theirs']);
  over();
  assert.equal(book.kept.size, 0);
});

test('What the last process has left is ended once: BYE in its dialog, CANCEL to the phone that rings', () => {
  const { srf, sent } = drachtio(['c1;from-tag=theirs', 't1']);
  const book = memory(leftBehind());
  const traces = new Traces(srf, systemClock, book);
  assert.equal(traces.endLeft(), 2);
  assert.equal(traces.endLeft(), 0);
  assert.deepEqual(sent, [
    { method: 'BYE', stackDialogId: 'c1;from-tag=theirs' },
    { method: 'CANCEL', stackTxnId: 't1' },
  ]);
  assert.equal(book.kept.size, 0);
});

test('What nobody has any more is ended by a BYE that says all by itself: a dialog, and one of a phone that rings', () => {
  const { srf, sent } = drachtio();
  new Traces(srf, systemClock, memory(leftBehind())).endLeft();
  assert.deepEqual(sent[1], {
    method: 'BYE',
    headers: {
      From: '<sip:800@us>;tag=ours',
      To: '<sip:ana@x>;tag=theirs',
      'Call-ID': 'c1',
      CSeq: '2000000000 BYE',
    },
    proxy: 'sip:192.0.2.7:5062',
  });
  assert.deepEqual(sent[3], {
    method: 'BYE',
    headers: {
      From: '<sip:ana@us>;tag=ours2',
      To: '<sip:1001@phone>;tag=theirs2',
      'Call-ID': 'c2',
      CSeq: '2000000000 BYE',
    },
    proxy: 'sip:192.0.2.8:5064',
  });
});

test('An INVITE that has its answer is forgotten, whatever is heard of it later', () => {
  const book = memory();
  const { heard, forget } = new Traces(drachtio().srf, systemClock, book).invite(invite);
  forget();
  heard(ringing);
  assert.equal(book.kept.size, 0);
});

test('What was lost with the connection to drachtio is ended when it is back, and not forgotten before', () => {
  const { srf, sent } = drachtio();
  const book = memory();
  const traces = new Traces(srf, systemClock, book);
  const over = traces.dialog(dialog);
  traces.lost();
  over();
  assert.equal(book.kept.size, 1);
  assert.equal(traces.endLeft(), 1);
  assert.equal(sent.length, 2);
  assert.equal(book.kept.size, 0);
});
