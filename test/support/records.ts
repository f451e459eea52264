import { type ApiClient, ApiProblem } from './api-client.ts';
import { eventually, LIMIT_MS } from './eventually.ts';

/** A call's record as the API tells it. */
export interface CdrRecord {
  readonly callId: string;
  readonly sipCallId: string;
  readonly dnis: string;
  readonly ani?: string;
  readonly status: string;
  readonly callerName?: string;
  readonly intent?: string;
  readonly queueId?: string;
  readonly agentId?: string;
  readonly waitMs: number;
  readonly talkMs: number;
  readonly outcome: string;
  readonly endedBy: string;
  readonly direction?: string;
  readonly callbackId?: string;
  readonly originalCallId?: string;
  readonly transferredTo?: string;
  readonly survey?: Readonly<Record<string, number>>;
  readonly recordingIds?: readonly string[];
  readonly recordingRefused?: boolean;
  readonly holdMs?: number;
  readonly agents?: readonly {
    readonly agentId: string;
    readonly talkMs: number;
    readonly holdMs: number;
  }[];
}

export interface HistoryStep {
  readonly seq: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

interface Page<T> {
  readonly items: readonly T[];
}

/** The record of the call with that Call-ID, as soon as it is written. */
export function cdrOf(api: ApiClient, sipCallId: string): Promise<CdrRecord> {
  return eventually(`the record of call ${sipCallId}`, async () => {
    const { items } = await api.get<Page<CdrRecord>>('/v1/cdrs?limit=100');
    return items.find((cdr) => cdr.sipCallId === sipCallId);
  });
}

/** All records of that Call-ID: there must never be two. */
export async function cdrsOf(api: ApiClient, sipCallId: string): Promise<readonly CdrRecord[]> {
  const { items } = await api.get<Page<CdrRecord>>('/v1/cdrs?limit=500');
  return items.filter((cdr) => cdr.sipCallId === sipCallId);
}

/** What is written down of a call so far: of one that has just begun, nothing is. */
export async function historyOf(api: ApiClient, callId: string): Promise<readonly HistoryStep[]> {
  try {
    const { items } = await api.get<Page<HistoryStep>>(`/v1/calls/${callId}/events?limit=500`);
    return items;
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return [];
    throw error;
  }
}

/** A call in progress. */
export interface LiveCall {
  readonly id: string;
  readonly stage: string;
  readonly queueId?: string;
  readonly position?: number;
  readonly agentId?: string;
  readonly supervisions?: readonly {
    readonly id: string;
    /** The extension of the phone. */
    readonly supervisor: string;
    readonly mode: string;
    readonly state: string;
  }[];
  readonly recording?: { readonly id: string; readonly paused: boolean };
  readonly context: { readonly ani?: string };
}

/** The call in progress from that number. */
export async function liveCallFrom(api: ApiClient, ani = ''): Promise<LiveCall | undefined> {
  const calls = await liveCalls(api);
  return calls.find(({ context }) => context.ani === ani);
}

/** Waits until the caller stands in that queue. */
export async function inQueue(
  api: ApiClient,
  ani: string | undefined,
  queueId: string,
  limitMs = LIMIT_MS,
) {
  const isThere = async () => (await liveCallFrom(api, ani))?.queueId === queueId;
  await eventually(`${ani} in ${queueId}`, isThere, limitMs);
}

export async function liveCalls(api: ApiClient): Promise<readonly LiveCall[]> {
  return (await api.get<Page<LiveCall>>('/v1/calls?limit=500')).items;
}
