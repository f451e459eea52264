import { ok } from '../../src/lib/result.ts';
import type { Explainer } from '../../src/runtime/ports/index.ts';

type Asked = Parameters<Explainer['explain']>[0];

/** Explains as a test says, and remembers what it was asked. */
export class FakeExplainer implements Explainer {
  readonly asked: Asked[] = [];
  explaining: Explainer['explain'] = async ({ callId }) =>
    ok({ callId, decisions: [], omitted: 0 });

  explain(call: Asked): ReturnType<Explainer['explain']> {
    this.asked.push(call);
    return this.explaining(call);
  }
}
