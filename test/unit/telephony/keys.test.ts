import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Clock } from '../../../src/lib/clock.ts';
import { keyOfInfo } from '../../../src/telephony/info-keys.ts';
import { Keys } from '../../../src/telephony/keys.ts';

function keysOf() {
  let now = 1_000;
  const heard: string[] = [];
  let floods = 0;
  const clock = { now: () => now, after: () => ({ cancel: () => {} }) } as unknown as Clock;
  const keys = new Keys(
    clock,
    (key) => heard.push(key),
    (first) => {
      if (first) floods++;
    },
  );
  const wait = (ms: number) => {
    now += ms;
  };
  return { keys, wait, heard: () => heard.join(''), floods: () => floods };
}

describe('keys', () => {
  it('counts a press once that comes two or three ways', () => {
    const { keys, wait, heard } = keysOf();
    for (const key of '1129') {
      keys.press(key, 'tone');
      wait(80);
      keys.press(key, 'rtp');
      keys.press(key, 'info');
      wait(100);
    }
    assert.equal(heard(), '1129');
  });

  it('does so when one way is a key behind the other', () => {
    const { keys, wait, heard } = keysOf();
    for (const key of ['1', '2']) keys.press(key, 'rtp');
    wait(300);
    for (const key of ['1', '2', '3']) keys.press(key, 'info');
    keys.press('3', 'rtp');
    assert.equal(heard(), '123');
  });

  it('leaves a phone alone that sends one way, however fast', () => {
    const { keys, wait, heard } = keysOf();
    for (const key of '1111') {
      keys.press(key, 'rtp');
      wait(60);
    }
    assert.equal(heard(), '1111');
  });

  it('takes a late one for a press of its own', () => {
    const { keys, wait, heard } = keysOf();
    keys.press('1', 'rtp');
    wait(2_000);
    keys.press('1', 'info');
    assert.equal(heard(), '11');
  });

  it('drops what is no key', () => {
    const { keys, heard } = keysOf();
    for (const key of ['', 'x', '12', '16', 'a']) keys.press(key, 'rtp');
    assert.equal(heard(), '');
  });

  it('lets a number through that was dialled at once, and drops a flood, telling it once', () => {
    const { keys, wait, heard, floods } = keysOf();
    for (const key of '1234567890123456') keys.press(key, 'rtp');
    assert.equal(heard().length, 16);
    for (let ms = 0; ms < 10_000; ms++) {
      keys.press('5', 'rtp');
      wait(1);
    }
    assert.ok(heard().length <= 40 + 10 * 20, `${heard().length} keys`);
    assert.equal(floods(), 1);
    wait(5_000);
    keys.press('7', 'rtp');
    assert.ok(heard().endsWith('7'), 'afterwards keys are taken again');
  });
});

describe('keys by INFO', () => {
  it('are read as every phone writes them', () => {
    assert.equal(keyOfInfo('Signal=5\r\nDuration=160\r\n'), '5');
    assert.equal(keyOfInfo('Signal= 5 \r\nDuration= 160'), '5');
    assert.equal(keyOfInfo('signal=#\nduration=100'), '#');
    assert.equal(keyOfInfo('Duration=160\r\nSignal=*\r\n'), '*');
    assert.equal(keyOfInfo('Signal=10\r\nDuration=160'), '*');
    assert.equal(keyOfInfo('Signal=11'), '#');
    assert.equal(keyOfInfo('Signal=a'), 'A');
    assert.equal(keyOfInfo('7'), '7');
    assert.equal(keyOfInfo('7\r\n'), '7');
  });

  it('are none in anything else', () => {
    for (const body of [
      '',
      'Signal=',
      'Signal=16',
      'Signal=555',
      'Duration=160',
      'hello',
      'Signal=%s',
    ])
      assert.equal(keyOfInfo(body), undefined, body);
  });
});
