import { arrivals } from './arrivals.ts';
import { bridges } from './bridges.ts';
import { callbacks } from './callbacks.ts';
import { callers } from './callers.ts';
import { casual } from './casual.ts';
import { customers } from './customers.ts';
import { figures } from './figures.ts';
import { habits } from './habits.ts';
import { hands } from './hands.ts';
import { noise } from './noise.ts';
import { operators } from './operators.ts';
import { overflows } from './overflows.ts';
import type { MakePart } from './part.ts';
import { phones } from './phones.ts';
import { redials } from './redials.ts';
import { relaxation } from './relaxation.ts';
import { setup } from './setup.ts';
import { skills } from './skills.ts';
import { strategies } from './strategies.ts';

/** Everything that goes on around the engine. A new kind of thing is a file and a line here. */
export const PARTS: Readonly<Record<string, MakePart>> = {
  /** How many queues and agents, which figures, and somebody who changes them. */
  setup,
  /** What queues announce, and what they are measured by. */
  figures,
  /** What queues and calls ask for and agents can. */
  skills,
  /** Demands that soften, groups, callers who want somebody they know. */
  relaxation,
  /** How queues choose their agents. */
  strategies,
  /** Who calls, and when. */
  arrivals,
  /** How long they wait, talk, and whether they come back. */
  callers,
  /** Who rings again from the same number. */
  redials,
  /** Queues that send callers on. */
  overflows,
  /** Customers who are rung back. */
  callbacks,
  /** Customers who are promised a call, and ring themselves. */
  customers,
  /** Casual agents, limits and hours at the end of a month. */
  casual,
  /** Legs that die and bridges that are refused. */
  bridges,
  /** Holds, transfers, consultations, parked calls. */
  hands,
  /** Calls that wait and are moved by hand. */
  operators,
  /** What happens when a phone rings, and phones that go away. */
  phones,
  /** Shifts, pauses and whims of agents. */
  habits,
  /** Commands that make no sense. */
  noise,
};
