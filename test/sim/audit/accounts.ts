import { dayOf, monthOf } from '../../../src/lib/zone.ts';
import type { AgentConfig } from '../../../src/model/agent.ts';
import type { AgentId, CallId } from '../../../src/model/ids.ts';

export interface Account {
  zone: string;
  month: string;
  spent: number;
  day: string;
  daySpent: number;
  /** The month and day in which a call in progress was counted. */
  readonly counted: Map<CallId, readonly [month: string, day: string]>;
}

export const hasLimits = ({ casual, dailyCallsMax }: AgentConfig): boolean =>
  casual !== undefined || dailyCallsMax !== undefined;

/** What agents with limits have spent, counted from what was said of their calls alone. */
export class Accounts {
  readonly of = new Map<AgentId, Account>();
  #rolledAt = Number.NaN;

  /** Months and days go on, never back; whoever has no limits any more is forgotten with their month. */
  roll(now: number, isLimited: (id: AgentId) => boolean): void {
    if (now === this.#rolledAt) return;
    this.#rolledAt = now;
    for (const [id, account] of this.of) {
      const month = monthOf(account.zone, now);
      if (month > account.month) {
        if (!isLimited(id)) this.of.delete(id);
        account.month = month;
        account.spent = 0;
      }
      const day = dayOf(account.zone, now);
      if (day <= account.day) continue;
      account.day = day;
      account.daySpent = 0;
    }
  }

  configure(now: number, { id, ...config }: AgentConfig): void {
    this.#rolledAt = Number.NaN;
    const zone = config.zone ?? 'UTC';
    const known = this.of.get(id);
    if (known) known.zone = zone;
    if (known || !hasLimits({ id, ...config })) return;
    const [month, day] = [monthOf(zone, now), dayOf(zone, now)];
    this.of.set(id, { zone, month, spent: 0, day, daySpent: 0, counted: new Map() });
  }

  spend(id: AgentId, callId: CallId): void {
    const account = this.of.get(id);
    if (!account) return;
    account.spent++;
    account.daySpent++;
    account.counted.set(callId, [account.month, account.day]);
  }

  giveBack(id: AgentId, callId: CallId): void {
    const account = this.of.get(id);
    const counted = account?.counted.get(callId);
    if (!account || !counted) return;
    account.counted.delete(callId);
    const [month, day] = counted;
    if (month === account.month) account.spent--;
    if (month === account.month && day === account.day) account.daySpent--;
  }
}
