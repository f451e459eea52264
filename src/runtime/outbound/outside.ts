import type { DiallingRules, TrunkConfig, TrunkWithSecret } from '../../model/trunk.ts';
import { WITHHELD } from '../../model/trunk.ts';
import type { Configuration } from '../ports/index.ts';
import type { TrunkDesk } from '../ports/trunks.ts';
import { diallingProblems } from './dialling.ts';
import { type Outbound, type OutboundRules, rulesOf } from './outbound.ts';

/** What leads outside whatever the database says. */
export interface OutsideOptions {
  readonly desk: TrunkDesk;
  /** The trunk of the environment: one more beside those of the database. */
  readonly ownTrunk?: TrunkWithSecret;
}

/** What a configuration means for calls to the outside; nothing has happened yet. */
export interface OutsidePlan {
  readonly problems: readonly string[];
  /** Undefined: there is no trunk. */
  readonly rules: DiallingRules | undefined;
  takeEffect(outbound: Outbound): void;
}

/** @param fromEnvironment What may be called as long as the database does not say. */
export function planOutside(
  { trunks = [], dialling }: Configuration,
  outside: OutsideOptions | undefined,
  fromEnvironment: OutboundRules | undefined,
): OutsidePlan {
  const all = [...trunks, ...(outside?.ownTrunk ? [outside.ownTrunk] : [])];
  const stored = dialling ?? (fromEnvironment && rulesOf(fromEnvironment));
  // Without a desk nobody says what trunks there are: whoever gave rules has one.
  const rules = !outside || all.some(({ enabled }) => enabled) ? stored : undefined;
  return {
    problems: [...all.flatMap(trunkProblems), ...(dialling ? diallingProblems(dialling) : [])],
    rules,
    takeEffect(outbound) {
      outbound.configure(rules);
      outside?.desk.configure(all);
    },
  };
}

function trunkProblems(trunk: TrunkConfig & { readonly password?: unknown }): readonly string[] {
  const { id, registerSeconds, username, callerId, serves, callsMax = Infinity } = trunk;
  const problem = (text: string): string => `trunk ${id}: ${text}`;
  const shown = callerId.rules.some(({ show }) => show === WITHHELD) && !callerId.show;
  return [
    ...(registerSeconds > 0 && !username ? [problem('it registers, and has no username')] : []),
    ...(username && !trunk.password && trunk.enabled
      ? [problem('it has a username, and no password')]
      : []),
    ...((trunk.callsInMax ?? 0) > callsMax || (trunk.callsOutMax ?? 0) > callsMax
      ? [problem('callsMax is less than callsInMax or callsOutMax')]
      : []),
    ...(shown && trunk.trusted
      ? [problem('it is trusted with who calls, and callerId.show does not say who that is')]
      : []),
    ...(new Set(serves).size < serves.length ? [problem('serves names something twice')] : []),
  ];
}
