import type { PhoneBox, Ringing } from '../../demo/phone/phone-box.ts';
import type { Line, Person } from '../../test/support/company.ts';
import type { TestBench } from './test-bench.ts';

/** Makes so many agents of a line, registers them at `phones` and makes them ready. */
export async function readyAgents(
  { company }: TestBench,
  phones: PhoneBox,
  line: Line,
  count: number,
  onRing: (ringing: Ringing, person: Person) => void,
): Promise<readonly Person[]> {
  const people: Person[] = [];
  for (let index = 0; index < count; index++) {
    const person = await company.person(line);
    const status = await phones.register(person, (ringing) => onRing(ringing, person));
    if (status !== 200) throw new Error(`An agent could not register: ${status}.`);
    people.push(person);
  }
  // One after the other: with a thousand callers in line, twenty at once wait longer for the database than a request may.
  for (const person of people) await company.ready(person);
  return people;
}

/** Takes them out of the way of the next measurement. */
export async function dismiss(
  { company }: TestBench,
  phones: PhoneBox,
  people: readonly Person[],
): Promise<void> {
  for (const person of people) {
    await company.api.post(`/v1/agents/${person.id}/sign-out`);
    await phones.unregister(person);
  }
}
