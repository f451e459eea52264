import Type from 'typebox';
import { LANGUAGES } from '../../../model/contact.ts';
import { RECORDING_MODES, RECORDING_STATES, RECORDING_STORAGES } from '../../../model/recording.ts';
import { RECORDING_ACTIONS } from '../../../runtime/ports/recordings.ts';
import { Id, Named, PageOf, RecordsQuery, Timestamp } from '../../schemas.ts';
import { CallId } from '../calls/schemas.ts';

const RecordingId = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,120}$',
  examples: ['0d4f6f6e-6f0e-4d2b-9d3b-0f6f0a6b7c11.r1'],
});

const Notice = Type.Object(
  {
    version: Type.String({
      description: "The company's name of the wording",
      examples: ['2026-1'],
    }),
    language: Type.Enum([...LANGUAGES], { examples: ['es-MX'] }),
    said: Type.String({ description: 'Word for word; of an uploaded recording, its name' }),
    from: Timestamp,
    to: Timestamp,
    result: Type.Enum(['heard', 'refused', 'cut'], { examples: ['heard'] }),
    key: Type.Optional(Type.String({ description: 'The key that refused' })),
  },
  { description: 'What the caller was told before: the evidence of consent' },
);

const Pause = Type.Object({
  from: Timestamp,
  to: Type.Optional(Timestamp),
  why: Type.Enum(['request', 'key', 'secret'], { examples: ['request'] }),
});

export const RecordingAnswer = Named(
  'Recording',
  Type.Object({
    id: RecordingId,
    callId: CallId,
    why: Type.Enum(
      RECORDING_MODES.filter((mode) => mode !== 'off'),
      { description: 'The rule of the queue, or a wish', examples: ['all'] },
    ),
    startedAt: Timestamp,
    endedAt: Type.Optional(Timestamp),
    durationMs: Type.Optional(Type.Integer({ examples: [184_000] })),
    stereo: Type.Boolean({ description: 'The customer left, the agent right' }),
    state: Type.Enum([...RECORDING_STATES], { examples: ['kept'] }),
    end: Type.Optional(
      Type.Enum(['stopped', 'ended', 'limit', 'failed', 'restart'], { examples: ['ended'] }),
    ),
    loss: Type.Optional(Type.String({ description: 'What is missing, and why' })),
    queueId: Type.Optional(Type.String({ examples: ['ventas'] })),
    agentIds: Type.Array(Type.String(), {
      description: 'Who spoke with the caller, in that order',
      examples: [['1001', '1002']],
    }),
    ani: Type.Optional(Type.String({ examples: ['+525555550001'] })),
    contactId: Type.Optional(Type.String({ examples: ['ana-garcia'] })),
    notice: Type.Optional(Notice),
    pauses: Type.Array(Pause, { description: 'Silence was written meanwhile' }),
    storage: Type.Optional(Type.Enum([...RECORDING_STORAGES], { examples: ['folder'] })),
    octets: Type.Optional(Type.Integer({ examples: [2_944_044] })),
    revision: Type.Optional(Type.Integer({ description: 'As the ETag has it', examples: [3] })),
  }),
);
export const RecordingPage = PageOf(RecordingAnswer);

export const RecordingQuery = Type.Object(
  {
    ...RecordsQuery,
    from: Type.Optional({ ...Timestamp, description: 'Begun at or after' }),
    to: Type.Optional({ ...Timestamp, description: 'Begun before' }),
    callId: Type.Optional(CallId),
    queueId: Type.Optional(Id('ventas')),
    agentId: Type.Optional(Id('1001')),
    state: Type.Optional(Type.Enum([...RECORDING_STATES])),
  },
  { additionalProperties: false },
);
export const RecordingParams = Type.Object({ id: RecordingId });

export const RecordingOrder = Named(
  'RecordingOrder',
  Type.Object(
    {
      action: Type.Enum([...RECORDING_ACTIONS], {
        description: 'pause and resume: for card numbers. What is so already stays so.',
        examples: ['pause'],
      }),
    },
    { additionalProperties: false },
  ),
);
