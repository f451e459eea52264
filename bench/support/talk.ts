import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Capture } from './capture.ts';
import { type Distribution, distribution, type Spread, spread } from './percentiles.ts';
import { passage } from './talk-figures.ts';

export type TalkersOrder =
  | { readonly kind: 'open'; readonly count: number }
  | { readonly kind: 'send'; readonly talker: number; readonly port: number }
  | { readonly kind: 'report' };

export interface TalkersReport {
  readonly sent: number;
  readonly received: number;
  readonly spacingsMs: readonly number[];
  readonly throughMs: readonly number[];
}

/** What became of the talkers' packets. */
export interface TalkFigures {
  /** `tcpdump`: the kernel's stamps as packets leave and come. Otherwise the talkers' own clock, event loop and all. */
  readonly measuredBy: 'tcpdump' | 'the talkers';
  readonly sent: number;
  readonly received: number;
  /** Packets that a talker sent and none received; undefined where nobody hears anybody. */
  readonly lost?: number;
  /** Between two packets of one talker, as they leave it. */
  readonly phonesSpacingMs?: Spread;
  /** Between two packets to one talker, as they leave the switch. */
  readonly switchSpacingMs: Spread;
  /** From a packet's leaving the talker to its leaving the switch. */
  readonly throughSwitchMs?: Distribution;
  /** The second spacing less the first, for each pair of packets: what the switch adds. */
  readonly addedSpacingMs?: Spread;
}

/** Many telephones in a process of their own (`talkers.ts`), and what the kernel saw of them. */
export class Talkers {
  /** Where each of them listens. */
  readonly ports: readonly number[];
  readonly #child: ChildProcess;

  static async open(count: number): Promise<Talkers> {
    const child = fork(new URL('./talkers.ts', import.meta.url), { execArgv: ['--import', 'tsx'] });
    const ports = await ask<number[]>(child, { kind: 'open', count });
    return new Talkers(child, ports);
  }

  private constructor(child: ChildProcess, ports: readonly number[]) {
    this.#child = child;
    this.ports = ports;
  }

  /** This one talks to that port from now on. */
  send(talker: number, port: number): void {
    this.#child.send({ kind: 'send', talker, port } satisfies TalkersOrder);
  }

  /** What passes while `work` lasts. */
  async measure(work: () => Promise<unknown>): Promise<TalkFigures> {
    const capture = await Capture.start();
    await this.#report();
    await work();
    const own = await this.#report();
    const seen = await capture?.finish();
    if (seen) return { measuredBy: 'tcpdump', ...passage(seen, this.ports) };
    return {
      measuredBy: 'the talkers',
      sent: own.sent,
      received: own.received,
      switchSpacingMs: spread(own.spacingsMs),
      ...(own.throughMs.length > 0 && { throughSwitchMs: distribution(own.throughMs) }),
    };
  }

  async close(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill();
    await ended;
  }

  #report(): Promise<TalkersReport> {
    return ask(this.#child, { kind: 'report' });
  }
}

async function ask<Answer>(child: ChildProcess, order: TalkersOrder): Promise<Answer> {
  const answer = once(child, 'message');
  child.send(order);
  return (await answer)[0] as Answer;
}
