import { type Clock, iso } from '../lib/clock.ts';
import { refusal } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { err, ok } from '../lib/result.ts';
import { within } from '../lib/within.ts';
import type { Historian } from './journal/historian.ts';
import type { Journal } from './journal/journal.ts';
import type { Explainer } from './ports/index.ts';
import type { WhyAnswer } from './why.ts';

export interface ExplainerOptions {
  readonly journal: Pick<Journal, 'flush'>;
  readonly historian: Pick<Historian, 'explain'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long the journal is kept, to be told to whoever asks too late. */
  readonly keepMs: number;
}

/** The last steps of a call in progress are waited for, but a disk in trouble keeps nobody from an answer. */
const FLUSH_MS_MAX = 500;
const HOUR_MS = 3_600_000;

export function createExplainer(options: ExplainerOptions): Explainer {
  const { journal, historian, clock, log } = options;
  return {
    async explain(call) {
      if (call.until === undefined) await within(clock, FLUSH_MS_MAX, journal.flush());
      try {
        return answered(options, await historian.explain(call));
      } catch (error) {
        log.warn({ callId: call.callId, error: String(error) }, 'A call could not be explained');
        return err(refusal('OVERLOADED', 'The journal could not be read now. Try again later.'));
      }
    },
  };
}

function answered({ keepMs }: ExplainerOptions, answer: WhyAnswer) {
  if (answer.kind === 'explained') return ok(answer.explanation);
  const since = answer.keptSince > 0 ? ` and holds nothing before ${iso(answer.keptSince)}` : '';
  const detail = `The journal is kept for ${Math.round(keepMs / HOUR_MS)} hours${since}.`;
  return err(refusal('EXPLANATION_GONE', detail));
}
