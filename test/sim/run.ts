import { createHash } from 'node:crypto';
import type { Command } from '../../src/acd/commands.ts';
import { type Applied, Engine } from '../../src/acd/engine.ts';
import type { CallId, OfferId } from '../../src/model/ids.ts';
import { Audit } from './audit/audit.ts';
import type { Lots } from './audit/lots.ts';
import type { Figures } from './audit/model.ts';

/** What a simulation asks of an engine: the real one, or one that was broken to see whether it is noticed. */
export type SimulatedEngine = Pick<
  Engine,
  'apply' | 'nextDeadline' | 'serialize' | 'brokenInvariants'
>;

export interface EngineMaker {
  create(): SimulatedEngine;
  restore(text: string): SimulatedEngine;
}

interface About {
  readonly callId: CallId;
  readonly nth: number;
}

/** A command and the time at which it is given, or a process that dies and is started again. */
export type ScriptStep =
  | {
      readonly at: number;
      readonly command: Command;
      /** The command is about the n-th offer of a call, whatever its id is when it is performed again. */
      readonly about?: About;
    }
  /** From the snapshot and the journal after it, or from a snapshot of this moment. */
  | { readonly restart: 'journal' | 'snapshot' }
  /** At the beginning: where the sequence of random numbers stands. */
  | { readonly random: number };

/** After a restart, so many commands are given to the engine before it too. */
const TWIN_STEPS = 40;

/** An engine under audit: what it is given, what it does, and what is wrong with that. */
export class Run {
  now = 0;
  restarts = 0;
  /** Everything that was given so far: performed again, it gives the same. */
  readonly script: ScriptStep[] = [];
  readonly violations: string[] = [];
  readonly #maker: EngineMaker;
  readonly #audit = new Audit();
  readonly #digest = createHash('sha256');
  /** Of each call, in the order in which they were made. */
  readonly #offers = new Map<CallId, readonly OfferId[]>();
  readonly #abouts = new Map<OfferId, { readonly about: About }>();
  #engine: SimulatedEngine;
  /** A saved state and every command since: what the journal has on disk. */
  #saved: string;
  #journal: { readonly at: number; readonly command: Command }[] = [];
  /** The engine that did not die: for a while it is told the same, and must say the same. */
  #twin: { readonly engine: SimulatedEngine; stepsLeft: number } | undefined;

  constructor(maker: EngineMaker = Engine) {
    this.#maker = maker;
    this.#engine = maker.create();
    this.#saved = this.#engine.serialize();
  }

  get callsOpen(): number {
    return this.#audit.callsOpen;
  }

  get figures(): Figures {
    return { ...this.#audit.figures, restarts: this.restarts };
  }

  get lots(): Lots {
    return this.#audit.lots;
  }

  get nextDeadline(): number {
    return this.#engine.nextDeadline() ?? Number.POSITIVE_INFINITY;
  }

  /** Of every change in order: the same commands give the same digest. */
  digest(): string {
    return this.#digest.copy().digest('hex').slice(0, 16);
  }

  perform(step: ScriptStep): Applied | undefined {
    if ('random' in step) this.begin(step.random);
    else if ('restart' in step) this.restart(step.restart);
    else if (!step.about) return this.give(step.at, step.command);
    else {
      const offerId = this.#offers.get(step.about.callId)?.[step.about.nth];
      // Without the offer there is nothing to be said about it.
      if (offerId) return this.give(step.at, { ...step.command, offerId } as Command);
    }
    return undefined;
  }

  /** Every day draws other lots: together they show what one does not. */
  begin(random: number): void {
    this.script.push({ random });
    const state = JSON.parse(this.#engine.serialize()) as object;
    this.#saved = JSON.stringify({ ...state, random });
    this.#engine = this.#maker.restore(this.#saved);
  }

  /** What came of it; undefined: the engine threw. */
  give(at: number, command: Command): Applied | undefined {
    this.script.push({ at, command, ...this.#about(command) });
    this.#journal.push({ at, command });
    const quiet = at >= this.now && this.nextDeadline > at;
    const applied = this.#apply(at, command);
    if (!applied) return undefined;
    this.now = Math.max(at, this.now);
    const said = JSON.stringify(applied);
    this.#digest.update(said);
    this.#compareTwin(at, command, said);
    this.#report(this.#audit.check(this.now, command, applied, quiet));
    if (this.nextDeadline <= this.now) this.#report(['T2 what was due was not done']);
    this.#report(this.#engine.brokenInvariants());
    for (const change of applied.changes) {
      if (change.type !== 'offer.made') continue;
      const known = this.#offers.get(change.callId) ?? [];
      this.#offers.set(change.callId, [...known, change.offerId]);
      this.#abouts.set(change.offerId, { about: { callId: change.callId, nth: known.length } });
    }
    return applied;
  }

  #about(command: Command): { readonly about: About } | undefined {
    const offerId = 'offerId' in command ? command.offerId : undefined;
    return offerId && this.#abouts.get(offerId);
  }

  /** The process dies: the new one replays the journal, and must have the same engine to the byte. */
  restart(from: 'journal' | 'snapshot'): void {
    this.script.push({ restart: from });
    this.restarts++;
    const reborn = this.#maker.restore(this.#saved);
    for (const { at, command } of this.#journal) reborn.apply(at, command);
    const bytes = this.#engine.serialize();
    const restored = this.#maker.restore(bytes);
    if (reborn.serialize() !== bytes) this.#report(['T4 the replay gave other bytes']);
    if (restored.serialize() !== bytes) this.#report(['T4 restoring gave other bytes']);
    this.#twin = { engine: this.#engine, stepsLeft: TWIN_STEPS };
    this.#engine = from === 'journal' ? reborn : restored;
    this.#saved = bytes;
    this.#journal = [];
  }

  /** The day is over: nothing more will happen. */
  finish(): void {
    this.#report(this.#audit.finish(this.now));
  }

  #apply(at: number, command: Command): Applied | undefined {
    try {
      return this.#engine.apply(at, command);
    } catch (error) {
      this.#report([`The engine threw: ${String(error)}`]);
      return undefined;
    }
  }

  #compareTwin(at: number, command: Command, said: string): void {
    if (!this.#twin || this.#twin.stepsLeft-- <= 0) return;
    const other = JSON.stringify(this.#twin.engine.apply(at, command));
    if (other !== said) this.#report(['T4 the engine that did not restart does something else']);
  }

  #report(problems: readonly string[]): void {
    const event = this.script.length;
    for (const problem of problems) this.violations.push(`event ${event}: ${problem}`);
  }
}
