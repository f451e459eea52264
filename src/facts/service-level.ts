import { type FactName, type Facts, WAIT_BOUNDS_S, type WaitBound } from './names.ts';

/** How a service level may be defined. All of them are in use somewhere, and they differ by many points. */
export const SERVICE_LEVELS = [
  'standard',
  'ofOffered',
  'ofAnswered',
  'abandonedInTimeCount',
  'abandonedInTimeIgnored',
] as const;
export type ServiceLevel = (typeof SERVICE_LEVELS)[number];

/** `T`: the queue's own target when the caller came, or the seconds that were asked for. */
export const SERVICE_LEVEL_TEXTS: Readonly<Record<ServiceLevel, string>> = {
  standard: 'Answered within T / (offered − short abandons). The default.',
  ofOffered: 'Answered within T / offered: every abandon counts against it.',
  ofAnswered: 'Answered within T / answered: no abandon counts.',
  abandonedInTimeCount:
    '(Answered within T + abandoned within T) / offered: who left within T was not failed.',
  abandonedInTimeIgnored:
    'Answered within T / (offered − abandoned within T): who left within T never came.',
};

/** Absent seconds: each queue's own target. */
export interface ServiceLevelChoice {
  readonly definition: ServiceLevel;
  readonly seconds?: WaitBound;
}

export const isWaitBound = (seconds: number): seconds is WaitBound =>
  (WAIT_BOUNDS_S as readonly number[]).includes(seconds);

const inTimeOf = ({ seconds }: ServiceLevelChoice): readonly [FactName, FactName] =>
  seconds === undefined
    ? ['answeredInTarget', 'abandonedInTarget']
    : [`answeredIn${seconds}`, `abandonedIn${seconds}`];

/** What has to be read to tell the service level. */
export const serviceLevelNeeds = (choice: ServiceLevelChoice): readonly FactName[] => [
  'offered',
  'answered',
  'shortAbandoned',
  ...inTimeOf(choice),
];

/** 0 to 1; undefined: there is nobody to tell it of. */
export function serviceLevel(facts: Facts, choice: ServiceLevelChoice): number | undefined {
  const [answeredName, abandonedName] = inTimeOf(choice);
  const { offered = 0, answered = 0, shortAbandoned = 0 } = facts;
  const answeredIn = facts[answeredName] ?? 0;
  const abandonedIn = facts[abandonedName] ?? 0;
  switch (choice.definition) {
    case 'standard':
      return share(answeredIn, offered - shortAbandoned);
    case 'ofOffered':
      return share(answeredIn, offered);
    case 'ofAnswered':
      return share(answeredIn, answered);
    case 'abandonedInTimeCount':
      return share(answeredIn + abandonedIn, offered);
    case 'abandonedInTimeIgnored':
      return share(answeredIn, offered - abandonedIn);
  }
}

/** To four digits, which is a hundredth of a percent. */
export const share = (part: number, whole: number): number | undefined =>
  whole > 0 ? Math.round((part / whole) * 10_000) / 10_000 : undefined;
