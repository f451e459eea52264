import { parseFlow, type SpokenText, spokenTexts } from '../../ivr/flow.ts';
import type { Clock } from '../../lib/clock.ts';
import { within } from '../../lib/within.ts';
import type { FlowPreparer, PreparedPrompts } from '../ports/index.ts';

/** Longer than the sentences of a large flow take; shorter than whoever publishes it waits for an answer. */
const PREPARE_MS_MAX = 20_000;

/** `prerender` says what came of a list of sentences, and never rejects. */
export const createFlowPreparer = (
  prerender: (sentences: readonly SpokenText[]) => Promise<Omit<PreparedPrompts, 'late'>>,
  clock: Clock,
): FlowPreparer => ({
  async prepare(document, known, id) {
    let report: PreparedPrompts = { rendered: 0, cached: 0, failed: 0, late: true };
    const flow = parseFlow(document, known, id);
    if (!flow.ok) return { ...report, late: false };
    const work = prerender(spokenTexts(flow.value)).then(({ rendered, cached, failed }) => {
      report = { rendered, cached, failed, late: false };
    });
    await within(clock, PREPARE_MS_MAX, work);
    return report;
  },
});
