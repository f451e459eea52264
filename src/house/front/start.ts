import { MessageChannel } from 'node:worker_threads';
import type { Clock } from '../../lib/clock.ts';
import type { Closable } from '../../lib/supervised.ts';
import { besides, startThreadPart } from '../../lib/thread-part.ts';
import { type Floor, ReplicaTeller } from '../../runtime/replica/teller.ts';
import type { Forgotten } from '../../store/store.ts';
import type { FrontConfig, FrontFacts, FrontWord } from './messages.ts';

const CLOSE_MS_MAX = 3_000;

export type Front = FrontFacts & Closable;

export interface FrontOptions extends Omit<FrontConfig, 'floor' | 'news'> {
  /** What it shows. */
  readonly floor: Floor;
  readonly clock: Clock;
  /** See `Store`. */
  afterForgetting(listener: (what: Forgotten) => void): () => void;
  onWord(word: FrontWord): void;
  onDeath(error: Error): void;
}

/** Starts the thread in front, and tells it what changes for as long as it lives. */
export async function startFront(options: FrontOptions): Promise<Front> {
  const { floor, clock, afterForgetting, onWord, onDeath, ...where } = options;
  const { port1: ours, port2: news } = new MessageChannel();
  const whole = ReplicaTeller.whole(floor);
  const teller = new ReplicaTeller(floor, clock, (one) => ours.postMessage(one));
  const stopForgetting = afterForgetting((what) => teller.forget(what));
  const stop = (): void => {
    teller.close();
    stopForgetting();
    ours.close();
  };
  ours.on('message', onWord);
  // It is not for the house to stay open for this.
  ours.unref();
  const config: FrontConfig = { ...where, floor: whole, news };
  try {
    const part = await startThreadPart<FrontFacts>({
      name: 'HTTP front',
      url: besides('thread', import.meta.url),
      config,
      transfers: [news],
      closeMsMax: CLOSE_MS_MAX,
      onDeath(error) {
        stop();
        onDeath(error);
      },
    });
    return { ...part, close: () => part.close().finally(stop) };
  } catch (error) {
    stop();
    throw error;
  }
}
