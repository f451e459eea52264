import { levelDbfs } from '../../demo/phone/goertzel.ts';
import type { PhoneBox, Ringing } from '../../demo/phone/phone-box.ts';
import type { PhoneCall } from '../../demo/phone/phone-call.ts';
import type { Line, Person } from '../../test/support/company.ts';
import { within } from '../../test/support/eventually.ts';
import { readyAgents } from '../support/agents.ts';
import type { TestBench } from '../support/test-bench.ts';

/** A line with one agent who is ready, and a colleague who has a phone and takes no calls of the queue. */
export interface Desk {
  readonly line: Line;
  readonly agent: Person;
  readonly colleague: Person;
  /** The next ring at the agent's phone, or at the colleague's. */
  nextRing(person: Person): Promise<Ringing>;
}

export async function openDesk(bench: TestBench, box: PhoneBox): Promise<Desk> {
  const { company } = bench;
  const line = await company.line();
  const rung = new Map<string, (ringing: Ringing) => void>();
  const onRing = (ringing: Ringing, { id }: Person) => rung.get(id)?.(ringing);
  const [agent] = await readyAgents(bench, box, line, 1, onRing);
  const colleague = await company.person(line);
  await box.register(colleague, (ringing) => onRing(ringing, colleague));
  await company.agent(colleague.id, ({ reachable }) => reachable);
  await company.api.post(`/v1/agents/${colleague.id}/sign-in`);
  if (!agent) throw new Error('There is no agent.');
  const nextRing = ({ id }: Person): Promise<Ringing> =>
    within(`${id} rings`, new Promise<Ringing>((resolve) => rung.set(id, resolve)));
  return { line, agent, colleague, nextRing };
}

/** A caller who speaks with the agent. */
export async function talk(
  { line, agent, nextRing }: Desk,
  box: PhoneBox,
  ani: string,
): Promise<{ readonly caller: PhoneCall; readonly phone: PhoneCall }> {
  const ringing = nextRing(agent);
  const caller = await box.dial(line.dnis, { ani });
  return { caller, phone: await answered(await ringing) };
}

export async function answered(ringing: Ringing): Promise<PhoneCall> {
  const phone = await ringing.answer();
  if (!phone) throw new Error('The phone could not answer.');
  return phone;
}

/** Below this nothing is heard. */
export const SILENCE_DBFS = -50;
export const CALLER_HZ = 440;

/** The agent hears the caller, who speaks from now on: before they are joined nothing can be made of a conversation. */
export function joined({ rtp: caller }: PhoneCall, { rtp: agent }: PhoneCall): Promise<void> {
  caller.play(CALLER_HZ);
  const heard = new Promise<void>((resolve) => {
    agent.onFrame = (samples) => {
      if (levelDbfs(samples) >= SILENCE_DBFS) resolve();
    };
  });
  return within('the agent hears the caller', heard);
}
