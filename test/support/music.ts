import type { Caller } from './caller.ts';
import { eventually } from './eventually.ts';

/** The caller hears music: sound, and nobody's tone. */
export async function music(caller: Caller): Promise<void> {
  const since = performance.now();
  await eventually('the caller to hear music', () => {
    const other = caller.rtp?.heard.stretches.filter(({ what }) => what === 'other') ?? [];
    const ms = other.map(({ fromMs, toMs }) => Math.max(0, toMs - Math.max(fromMs, since)));
    return ms.reduce((sum, each) => sum + each, 0) > 400;
  });
}
