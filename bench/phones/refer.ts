import type { PhoneBox } from '../../demo/phone/phone-box.ts';
import { type Distribution, distribution } from '../support/percentiles.ts';
import type { TestBench } from '../support/test-bench.ts';
import { answered, joined, openDesk, talk } from './conversation.ts';

export interface TransferTimes {
  readonly referToInviteMs: Distribution;
}

/** How soon after an agent's REFER the colleague's phone rings. */
export async function measureTransfers(
  bench: TestBench,
  box: PhoneBox,
  times: number,
): Promise<TransferTimes> {
  const desk = await openDesk(bench, box);
  const { company, system } = bench;
  const took: number[] = [];
  for (let index = 0; index < times; index += 1) {
    const { caller, phone } = await talk(desk, box, '5555559000');
    await joined(caller, phone);
    const ringing = desk.nextRing(desk.colleague);
    const began = performance.now();
    const accepted = phone.refer(`sip:${desk.colleague.user}@${system.sip.host}`);
    const refused = accepted.then((status) => {
      if (status !== 202) throw new Error(`REFER: ${status}`);
    });
    const [ring] = await Promise.all([ringing, refused]);
    took.push(ring.at - began);
    const other = await answered(ring);
    await company.state(desk.colleague, 'talking');
    if (!phone.over) phone.hangUp();
    caller.hangUp();
    await other.ended;
    await company.state(desk.agent, 'ready');
    await company.state(desk.colleague, 'notReady');
  }
  return { referToInviteMs: distribution(took) };
}
