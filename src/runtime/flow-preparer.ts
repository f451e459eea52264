import { parseFlow, spokenTexts } from '../ivr/flow.ts';
import type { SpokenText } from '../ivr/spoken-texts.ts';
import type { Clock } from '../lib/clock.ts';
import { within } from '../lib/within.ts';
import type { FlowPreparer, PreparedPrompts } from './ports.ts';

/** Longer than the sentences of a large flow take; shorter than whoever publishes it waits for an answer. */
const PREPARE_MS_MAX = 20_000;
const NOTHING: PreparedPrompts = { rendered: 0, cached: 0, failed: 0, late: false };

/** `prerender` says what came of a list of sentences; it never rejects. */
export const createFlowPreparer = (
  prerender: (sentences: readonly SpokenText[]) => Promise<Omit<PreparedPrompts, 'late'>>,
  clock: Clock,
): FlowPreparer => ({
  async prepare(document, known) {
    const flow = parseFlow(document, known);
    if (!flow.ok) return NOTHING;
    const { rendered, cached, failed } = (await within(
      clock,
      PREPARE_MS_MAX,
      prerender(spokenTexts(flow.value)),
    )) ?? NOTHING;
    return { rendered, cached, failed, late: false };
  },
});
