import type { Clock } from '../lib/clock.ts';
import { refusal } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { err, ok } from '../lib/result.ts';
import type { Historian } from './historian.ts';
import type { Journal } from './journal.ts';
import type { Explainer } from './ports.ts';
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
  const { historian, log } = options;
  return {
    async explain(call) {
      if (call.until === undefined) await flushed(options);
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
  const since =
    answer.keptSince > 0
      ? ` and holds nothing before ${new Date(answer.keptSince).toISOString()}`
      : '';
  const detail = `The journal is kept for ${Math.round(keepMs / HOUR_MS)} hours${since}.`;
  return err(refusal('EXPLANATION_GONE', detail));
}

async function flushed({ journal, clock }: ExplainerOptions): Promise<void> {
  let timer: ReturnType<Clock['after']> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = clock.after(FLUSH_MS_MAX, resolve);
  });
  await Promise.race([journal.flush(), late]);
  timer?.cancel();
}
