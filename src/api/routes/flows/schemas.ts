import Type from 'typebox';
import { Id, Named, PageOf, Text, Timestamp } from '../../schemas.ts';

const strict = { additionalProperties: false };
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
const Comment = {
  ...Text(500, 'Nuevo menú de Navidad'),
  description: 'What has changed, and why: kept with the version and the publication',
};

const withComment = { comment: Type.Optional(Comment) };
export const FlowBody = Named(
  'FlowBody',
  Type.Object({ document: Document, ...withComment }, strict),
);
export const NewFlowBody = Named(
  'NewFlowBody',
  Type.Object({ id: Id('ventas-directo'), document: Document, ...withComment }, strict),
);
/** For a body that is the flow itself, as YAML. */
export const FlowQuery = Type.Object(withComment, strict);
export const NewFlowQuery = Type.Object(
  { id: Type.Optional(Id('ventas-directo')), ...withComment },
  strict,
);
/** There may be nothing to say. */
export const CommentBody = Named(
  'FlowCommentBody',
  Type.Union([Type.Object(withComment, strict), Type.Null()]),
);
export const ValidateBody = Named(
  'FlowValidationBody',
  Type.Object({ document: Document }, strict),
);

export const Problems = Type.Array(Type.String(), {
  description: 'What keeps it from being published, each with its place; empty: nothing',
  examples: [['nodes.menu.choices[2].next: there is no node ventas']],
});
const Warnings = Type.Array(Type.String(), {
  description:
    'What does not keep it from being published, and will not do what was meant, each with its place',
  examples: [
    [
      'nodes.saludo.prompts[0].audio: there is no recording bienvenida: callers hear nothing here until it is uploaded',
    ],
  ],
});
export const ValidationAnswer = Named(
  'FlowValidation',
  Type.Object({ problems: Problems, warnings: Warnings }),
);

export const FlowSummaryAnswer = Named(
  'Flow',
  Type.Object({
    id: Id('principal'),
    liveVersion: Type.Optional({ ...version, description: 'Absent: it was never published' }),
    latestVersion: Type.Optional(version),
    draftRevision: Type.Optional({ ...version, description: 'Somebody is working on it' }),
    updatedAt: Timestamp,
  }),
);
export const FlowPage = PageOf(FlowSummaryAnswer);

const authorship = {
  author: Type.Optional(Type.String({ description: 'The name of an API key', examples: ['ana'] })),
  ...withComment,
};

export const FlowVersionAnswer = Named(
  'FlowVersion',
  Type.Object({
    id: Id('principal'),
    version,
    live: Type.Boolean({ description: 'Whether new calls follow this version', examples: [true] }),
    document: Document,
    ...authorship,
    createdAt: Timestamp,
  }),
);
export const FlowVersionPage = PageOf(FlowVersionAnswer);

const Count = Type.Integer({ minimum: 0, examples: [12] });
/** A version that has gone live, and what became of its prompts. */
export const PublishedAnswer = Named(
  'FlowPublished',
  Type.Object({
    ...FlowVersionAnswer.properties,
    prompts: Type.Object(
      {
        rendered: Count,
        cached: Count,
        failed: Count,
        late: Type.Boolean({ description: 'Some are still being spoken', examples: [false] }),
      },
      { description: 'Its sentences were spoken before it went live' },
    ),
    warnings: Warnings,
  }),
);

export const DraftAnswer = Named(
  'FlowDraft',
  Type.Object({
    id: Id('principal'),
    revision: version,
    document: Document,
    problems: Problems,
    warnings: Warnings,
    ...authorship,
    updatedAt: Timestamp,
  }),
);

export const PublicationPage = PageOf(
  Named(
    'FlowPublication',
    Type.Object({
      seq: version,
      version,
      previous: Type.Optional(version),
      ...authorship,
      at: Timestamp,
    }),
  ),
);

const Side = Type.String({
  pattern: '^(live|draft|[1-9][0-9]{0,8})$',
  examples: ['live'],
  description: 'A version, `live` or `draft`',
});
export const DiffQuery = Type.Object(
  {
    from: Type.Optional({ ...Side, default: 'live' }),
    to: Type.Optional({ ...Side, default: 'draft' }),
  },
  strict,
);
const Value = Type.Unsafe<unknown>({ description: 'Absent: there is nothing on this side' });
export const DiffAnswer = Named(
  'FlowDiff',
  Type.Object({
    from: Side,
    to: Side,
    changes: Type.Array(
      Type.Object({
        path: Type.String({ examples: ['nodes.menu.timeoutSeconds'] }),
        before: Type.Optional(Value),
        after: Type.Optional(Value),
      }),
    ),
    truncated: Type.Boolean({ description: 'There are more changes than are listed' }),
  }),
);

export const VersionParams = Type.Object({ id: Id('principal'), version });
