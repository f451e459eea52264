import assert from 'node:assert/strict';
import { test } from 'node:test';
import type Srf from 'drachtio-srf';
import { ManualClock } from '../../../src/lib/clock.ts';
import { inviteWithin } from '../../../src/telephony/invite-within.ts';

test('an INVITE whose time is up while drachtio is away fails, and the process lives on', async () => {
  const clock = new ManualClock();
  const request = {
    cancel(): never {
      throw new Error('typeSocket(socket)');
    },
  };
  const srf = {
    createUAC: (
      _uri: string,
      _options: object,
      { cbRequest }: { cbRequest: (...args: unknown[]) => void },
    ) => {
      cbRequest(null, request);
      return new Promise(() => undefined);
    },
  } as unknown as Srf;
  const invite = inviteWithin(1_000, clock, srf, 'sip:a@127.0.0.1', {});
  const failed = assert.rejects(invite, { status: 408 });
  clock.advance(1_000);
  await failed;
});
