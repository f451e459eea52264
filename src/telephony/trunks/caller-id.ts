import { type TrunkConfig, WITHHELD } from '../../model/trunk.ts';

/** On whose behalf somebody is called. */
export interface OnBehalf {
  /** The number of ours that the customer had called. */
  readonly dnis?: string;
  /** The customer's own number, E.164. */
  readonly ani?: string;
}

/**
 * Which number is shown to `to`: by the longest rule that fits it, then the customer's own where the trunk passes it
 * on, then the number that the customer had called if it is the trunk's to show, then the trunk's.
 */
export function numberShown(
  { callerId }: TrunkConfig,
  to: string,
  { dnis, ani }: OnBehalf,
): string | undefined {
  const rule = [...callerId.rules]
    .filter((one) => to.startsWith(one.to))
    .sort((a, b) => b.to.length - a.to.length)[0];
  if (rule) return rule.show;
  if (callerId.passesOn && ani?.startsWith('+')) return ani;
  const called = dnis && callerId.own.find((own) => digits(own) === digits(dnis));
  return called || callerId.show;
}

const digits = (number: string): string => number.replace(/\D/g, '');

/**
 * Who calls, for a trunk. A number that is withheld stands nowhere but in the assertion, which only a trunk that we
 * trust gets, with the wish that it goes no further (RFC 3323 section 4.1, RFC 3325 sections 7 and 9.3).
 */
export function identityHeaders(
  trunk: TrunkConfig,
  to: string,
  behalf: OnBehalf,
): Record<string, string> {
  const shown = numberShown(trunk, to, behalf);
  const withheld = shown === WITHHELD;
  const real = withheld ? trunk.callerId.show : shown;
  const asserted =
    real && (trunk.trusted || !withheld)
      ? { 'P-Asserted-Identity': `<sip:${real}@localhost>` }
      : {};
  return {
    From: withheld
      ? '"Anonymous" <sip:anonymous@anonymous.invalid>'
      : `<sip:${real ?? 'anonymous'}@localhost>`,
    ...asserted,
    ...(withheld ? { Privacy: 'id' } : {}),
  };
}
