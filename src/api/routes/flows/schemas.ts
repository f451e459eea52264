import Type from 'typebox';
import { Id, PageOf, Timestamp } from '../../schemas.ts';

const version = Type.Integer({ minimum: 1, maximum: 1_000_000_000, examples: [3] });

/** The flow's own schema is the interpreter's business; here it is any JSON object. */
const Document = Type.Unsafe<unknown>({
  type: 'object',
  additionalProperties: true,
  description: 'The flow as its author wrote it; see docs/flows.md',
  examples: [
    {
      name: 'Ventas',
      languages: ['es-MX'],
      start: 'cola',
      prompts: {},
      nodes: { cola: { type: 'queue', queue: 'ventas' } },
    },
  ],
});

export const FlowBody = Type.Object({ document: Document }, { additionalProperties: false });
export const NewFlowBody = Type.Object(
  { id: Id('ventas-directo'), document: Document },
  { additionalProperties: false },
);

export const FlowSummaryAnswer = Type.Object({
  id: Id('principal'),
  liveVersion: version,
  latestVersion: version,
  updatedAt: Timestamp,
});
export const FlowPage = PageOf(FlowSummaryAnswer);

export const FlowVersionAnswer = Type.Object({
  id: Id('principal'),
  version,
  live: Type.Boolean({ description: 'Whether new calls follow this version', examples: [true] }),
  document: Document,
  createdAt: Timestamp,
});
export const FlowVersionPage = PageOf(FlowVersionAnswer);

export const VersionParams = Type.Object({ id: Id('principal'), version });
