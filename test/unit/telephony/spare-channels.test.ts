import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ManualClock } from '../../../src/lib/clock.ts';
import type { Channel } from '../../../src/telephony/channel.ts';
import { SpareChannels } from '../../../src/telephony/spare-channels.ts';

const REFILL_MS = 30;
const PERIOD_MS = 60_000;

/** Spares of a media server that makes a channel when it is told to, in whatever order. */
function spares(count: number) {
  const clock = new ManualClock();
  const making: { done(): Promise<void>; fails(): Promise<void> }[] = [];
  const released: string[] = [];
  let nth = 0;
  const make = () =>
    new Promise<Channel>((resolve, reject) => {
      const uuid = String(++nth);
      making.push({
        done() {
          resolve({ uuid } as Channel);
          return turn();
        },
        fails() {
          reject(new Error('503'));
          return turn();
        },
      });
    });
  const release = ({ uuid }: Channel) => void released.push(uuid);
  const pool = new SpareChannels({ count, clock, make, release });
  const allMade = async () => {
    for (const one of making.splice(0)) await one.done();
  };
  return { pool, clock, making, released, allMade };
}

const nameOf = async (channel: Channel | Promise<Channel>) => (await channel).uuid;

test('A spare is there at once, and another one is made a moment later', async () => {
  const { pool, clock, making, allMade } = spares(2);
  pool.fill();
  await allMade();
  assert.ok(!(pool.take() instanceof Promise));
  assert.equal(making.length, 0, 'the phone first');
  clock.advance(REFILL_MS);
  assert.equal(making.length, 1);
});

test('Whoever finds none has the next that is made, before all who came later, whichever is made first', async () => {
  const { pool, clock, making } = spares(1);
  const first = pool.take();
  const second = pool.take();
  assert.equal(making.length, 2);
  clock.advance(REFILL_MS);
  await making[1]?.done();
  assert.equal(await nameOf(first), '2');
  const third = pool.take();
  await making[2]?.done();
  assert.equal(
    await nameOf(second),
    '3',
    'a spare that was made meanwhile is not for who came last',
  );
  await making[0]?.done();
  assert.equal(await nameOf(third), '1');
});

test('As many are kept as were needed at once, and after a quiet while no more than before', async () => {
  const { pool, clock, released, allMade } = spares(2);
  pool.fill();
  await allMade();
  const burst = Array.from({ length: 5 }, () => pool.take());
  clock.advance(REFILL_MS);
  await allMade();
  await Promise.all(burst);
  assert.equal(pool.count, 5);
  clock.advance(PERIOD_MS);
  assert.equal(pool.count, 5, 'they were needed in that while');
  pool.take();
  clock.advance(REFILL_MS);
  await allMade();
  clock.advance(PERIOD_MS);
  assert.equal(pool.count, 2, 'one was needed, but two are always there');
  assert.equal(released.length, 3);
});

test('There is a limit to how many are kept, and none where none are wanted', async () => {
  const many = spares(2);
  const burst = Array.from({ length: 50 }, () => many.pool.take());
  await many.allMade();
  await Promise.all(burst);
  many.clock.advance(REFILL_MS);
  await many.allMade();
  assert.equal(many.pool.count, 8);
  const none = spares(0);
  const one = none.pool.take();
  await none.allMade();
  assert.equal(await nameOf(one), '1');
  none.clock.advance(2 * PERIOD_MS);
  assert.deepEqual([none.pool.count, none.making.length], [0, 0]);
});

test('A channel that cannot be made fails whoever is last in line; a spare that fails fails nobody', async () => {
  const { pool, clock, making } = spares(1);
  const [first, second] = [pool.take(), pool.take()];
  const refused = assert.rejects(Promise.resolve(second), /503/);
  await making[0]?.fails();
  await refused;
  await making[1]?.done();
  assert.equal(await nameOf(first), '2');
  clock.advance(REFILL_MS);
  await making[2]?.fails();
  assert.equal(pool.count, 0);
});

test('Closed: what is ready is let go, and so is what is still being made for nobody', async () => {
  const { pool, released, making, allMade } = spares(2);
  pool.fill();
  await making[0]?.done();
  pool.close();
  await allMade();
  assert.deepEqual(released, ['1', '2']);
  assert.equal(pool.count, 0);
});
