import type { EpochMs } from '../../lib/clock.ts';
import type { Refusal } from '../../lib/errors.ts';
import type { Result } from '../../lib/result.ts';
import type { FlowId } from '../../model/ids.ts';
import type { FindRequest, Page, PageRequest } from './lists.ts';

// Flows with their versions.

/** Who changes a flow, and what they say about it. */
export interface Authorship {
  /** The name of an API key. */
  readonly author: string;
  readonly comment?: string;
}

/** Without `liveVersion` there is only a draft. */
export interface FlowSummary {
  readonly id: FlowId;
  readonly liveVersion?: number;
  readonly latestVersion?: number;
  readonly draftRevision?: number;
  readonly updatedAt: EpochMs;
}

export interface FlowVersion extends Partial<Authorship> {
  readonly id: FlowId;
  readonly version: number;
  readonly live: boolean;
  readonly document: unknown;
  readonly createdAt: EpochMs;
}

/** What somebody is working on. It may be incomplete. */
export interface FlowDraft extends Authorship {
  readonly id: FlowId;
  readonly document: unknown;
  readonly revision: number;
  readonly updatedAt: EpochMs;
}

/** A version that went live; `previous` did until then. */
export interface FlowPublication extends Authorship {
  readonly seq: number;
  readonly version: number;
  readonly previous?: number;
  readonly at: EpochMs;
}

/** Versions are never changed or deleted singly: a flow is taken back by publishing an older version again. */
export interface FlowRepository {
  list(request: FindRequest): Promise<Result<Page<FlowSummary>, Refusal>>;
  versions(id: FlowId, request: PageRequest): Promise<Result<Page<FlowVersion>, Refusal>>;
  /** Newest first. */
  publications(id: FlowId, request: PageRequest): Promise<Result<Page<FlowPublication>, Refusal>>;
  /** Without a version: the one that is live. */
  get(id: FlowId, version?: number): Promise<FlowVersion | undefined>;
  /** Stores the document as the next version, makes the flow if need be, and makes the version live. */
  publish(id: FlowId, document: unknown, by: Authorship): Promise<FlowVersion>;
  /** Makes a stored version live. NOT_FOUND. */
  setLive(id: FlowId, version: number, by: Authorship): Promise<Result<FlowVersion, Refusal>>;
  /** The version before the one that is live. */
  previous(id: FlowId): Promise<FlowVersion | undefined>;
  draft(id: FlowId): Promise<FlowDraft | undefined>;
  /** Makes the draft, or replaces it; `expected`: only if that is its revision. PRECONDITION_FAILED. */
  saveDraft(
    id: FlowId,
    document: unknown,
    by: Authorship,
    expected?: number,
  ): Promise<Result<FlowDraft, Refusal>>;
  /** `expected`: only if that is its revision. NOT_FOUND, PRECONDITION_FAILED. */
  dropDraft(id: FlowId, expected?: number): Promise<Result<undefined, Refusal>>;
  /** With its draft. NOT_FOUND, IN_USE. */
  remove(id: FlowId): Promise<Result<undefined, Refusal>>;
}
