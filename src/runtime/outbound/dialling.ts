import { countryOf, isCountry, isSubscriber, premiumCallingCode } from '../../callers/callers.ts';
import type { DestinationRule, DiallingRules } from '../../model/trunk.ts';
import type { Destination } from '../ports/index.ts';

const SIP_ADDRESS = /^sip:[A-Za-z0-9+._~*#-]{1,64}@([A-Za-z0-9.-]{1,253})(?::\d{1,5})?$/i;

/**
 * The rule that decides about a destination: the most exact that fits, and of two that are equally exact the one that
 * refuses. Undefined: none fits, and it is not allowed.
 */
export function ruleFor(
  { destinations }: Pick<DiallingRules, 'destinations'>,
  to: Exclude<Destination, { kind: 'extension' }>,
): DestinationRule | undefined {
  const exactness = to.kind === 'number' ? exactnessFor(to.number) : exactnessOfHost(to.uri);
  return destinations
    .map((rule) => ({ rule, exact: exactness(rule) }))
    .filter(({ exact }) => exact > 0)
    .sort((a, b) => b.exact - a.exact || Number(a.rule.allow) - Number(b.rule.allow))[0]?.rule;
}

/**
 * Digits that fit; a country is more exact than its calling code alone, and less than any digit after it. A number that
 * costs its caller more than a call, and pays somebody, is never meant by a rule for all of a country.
 */
function exactnessFor(number: string): (rule: DestinationRule) => number {
  if (!isSubscriber(number)) return () => 0;
  const country = countryOf(number);
  const premium = premiumCallingCode(number);
  const wide = premium === undefined ? 0 : premium.length + 0.5;
  return ({ to, allow }) => {
    const exact = to.startsWith('+')
      ? number.startsWith(to) && to.length - 1
      : country && to === country.code && country.callingCode.length + 0.5;
    return exact && (exact > wide || !allow) ? exact : 0;
  };
}

function exactnessOfHost(uri: string): (rule: DestinationRule) => number {
  const host = SIP_ADDRESS.exec(uri)?.[1]?.toLowerCase();
  return ({ to }) => (host !== undefined && to.toLowerCase() === `sip:${host}` ? 1 : 0);
}

/** What cannot work is named, one line each. */
export function diallingProblems({ destinations }: DiallingRules): readonly string[] {
  const seen = new Set<string>();
  return destinations.flatMap(({ to }) => {
    const again = seen.has(to) ? [`dialling: there are two rules for ${to}`] : [];
    seen.add(to);
    if (/^[A-Z]{2}$/.test(to) && !isCountry(to)) return [`dialling: there is no country ${to}`];
    return again;
  });
}
