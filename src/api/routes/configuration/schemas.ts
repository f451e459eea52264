import Type, { type TSchema } from 'typebox';
import { FINDING_CODES } from '../../../model/finding.ts';
import { Id, Named, Text } from '../../schemas.ts';
import { AgentBody } from '../agents/schemas.ts';
import { CalendarBody } from '../calendars/schemas.ts';
import { DiallingBody } from '../dialling/schemas.ts';
import { FlowBody } from '../flows/schemas.ts';
import { LabelBody } from '../labels/schemas.ts';
import { NumberBody } from '../numbers/schemas.ts';
import { QueueBody } from '../queues/schemas.ts';
import { DispositionBody, ReasonBody } from '../reasons/schemas.ts';
import { OwnSettings } from '../settings/schemas.ts';
import { TrunkBody } from '../trunks/schemas.ts';
import { Password, UserBody } from '../users/schemas.ts';
import { WebhookBody, WebhookPatch } from '../webhooks/schemas.ts';
import type { ConfigurationDocument } from './section.ts';

export const Finding = Named(
  'Finding',
  Type.Object({
    severity: Type.Enum(['error', 'warning'], {
      description: 'error: it is refused · warning: it works, and not as anybody can have meant it',
      examples: ['warning'],
    }),
    code: Type.Enum([...FINDING_CODES], { examples: ['QUEUE_UNSERVABLE'] }),
    place: Type.String({ examples: ['queues/ventas'] }),
    message: Type.String({
      examples: [
        'Queue ventas: none of its 4 agents can ever have a call, even when it asks for no more than ventas 9.',
      ],
    }),
  }),
);

export const Findings = Named(
  'FindingList',
  Type.Object({
    findings: Type.Array(Finding, { description: 'Empty: nothing stands out' }),
  }),
);

export const LintQuery = Type.Object(
  {
    callsPerMonth: Type.Optional(
      Type.String({
        maxLength: 4_000,
        pattern: '^[A-Za-z0-9._-]+:[0-9]{1,9}(,[A-Za-z0-9._-]+:[0-9]{1,9})*$',
        description: 'Calls a month by queue, for what a configuration alone cannot say',
        examples: ['ventas:3000,soporte:800'],
      }),
    ),
  },
  { additionalProperties: false },
);

/** As the API takes them, secrets included: a file may bring them, and never gets them back. */
export const QueueEntry = QueueBody;
export const AgentEntry = AgentBody;
export const NumberEntry = NumberBody;
export const CalendarEntry = CalendarBody;
export const DispositionEntry = DispositionBody;
export const ReasonEntry = ReasonBody;
export const TrunkEntry = TrunkBody;
/** One object, so it has but one name. */
export const DiallingEntry = Type.Object(
  { id: Type.Literal('house'), ...DiallingBody.properties },
  { additionalProperties: false },
);
export const FlowEntry = Type.Object(
  { id: Id('principal'), document: FlowBody.properties.document },
  { additionalProperties: false },
);

export const LabelEntry = LabelBody;
export const SettingsEntry = Type.Object(
  { id: Type.Literal('house'), ...OwnSettings.properties },
  { additionalProperties: false },
);
export const UserEntry = Type.Object(
  { ...UserBody.properties, password: Type.Optional(Password) },
  { additionalProperties: false },
);
export const WebhookEntry = Type.Object(
  {
    ...WebhookBody.properties,
    personalData: Type.Optional(WebhookPatch.properties.personalData),
    enabled: Type.Optional(WebhookPatch.properties.enabled),
    secret: Type.Optional(
      Type.String({
        pattern: '^whsec_[A-Za-z0-9+/]{32,120}={0,2}$',
        writeOnly: true,
        description: 'What deliveries are signed with: at least 24 bytes in base64',
      }),
    ),
  },
  { additionalProperties: false },
);

const SECTION_ENTRIES_MAX = 20_000;
const entries = <Schema extends TSchema>(schema: Schema) =>
  Type.Optional(Type.Array(schema, { maxItems: SECTION_ENTRIES_MAX }));

/** Everything that the operator decides. A section that is absent is not spoken of. */
export const ConfigurationFile = Type.Object(
  {
    settings: Type.Optional(Type.Array(SettingsEntry, { maxItems: 1 })),
    teams: entries(LabelEntry),
    skills: entries(LabelEntry),
    groups: entries(LabelEntry),
    calendars: entries(CalendarEntry),
    queues: entries(QueueEntry),
    flows: entries(FlowEntry),
    numbers: entries(NumberEntry),
    dispositions: entries(DispositionEntry),
    notReadyReasons: entries(ReasonEntry),
    trunks: entries(TrunkEntry),
    dialling: Type.Optional(Type.Array(DiallingEntry, { maxItems: 1 })),
    agents: entries(AgentEntry),
    webhooks: entries(WebhookEntry),
    users: entries(UserEntry),
  },
  {
    additionalProperties: false,
    description: 'Everything that the operator decides. A section that is absent stays as it is.',
    examples: [{ queues: [{ id: 'ventas', name: 'Ventas', requiredSkills: { ventas: 1 } }] }],
  },
);

/** The file itself is not described again: it is what goes in. */
export const ConfigurationAnswer = Named(
  'Configuration',
  Type.Object({
    digest: Type.String({ description: 'Also the ETag', examples: ['kJ3vY0a7Zl2mUq'] }),
    document: Type.Unsafe<ConfigurationDocument>({
      type: 'object',
      additionalProperties: true,
      description: 'As it is applied again; without secrets',
    }),
  }),
);

const Place = {
  section: Type.String({ examples: ['queues'] }),
  key: Type.String({ examples: ['ventas'] }),
};
const Value = Type.Unsafe<unknown>({ description: 'Absent: there is nothing on this side' });

export const PlanAnswer = Named(
  'ConfigurationPlan',
  Type.Object({
    digest: Type.String({
      description: 'Of the configuration that the plan is for: send it as If-Match to apply it',
      examples: ['kJ3vY0a7Zl2mUq'],
    }),
    applied: Type.Boolean(),
    changes: Type.Array(
      Type.Object({
        ...Place,
        action: Type.Enum(['create', 'change', 'remove'], { examples: ['change'] }),
        differences: Type.Array(
          Type.Object({
            path: Type.String({ examples: ['wrapUpMs'] }),
            before: Type.Optional(Value),
            after: Type.Optional(Value),
          }),
        ),
      }),
      { description: 'Empty: it is as the document says' },
    ),
    kept: Type.Array(Type.Object(Place), {
      description: 'There, and not in the document: `remove=true` would remove them',
    }),
    problems: Type.Array(Type.String(), { description: 'What keeps it from being applied' }),
    notes: Type.Array(Type.String(), { description: 'What to think of afterwards' }),
    findings: Type.Array(Finding, { description: 'What the linter says of the result' }),
  }),
);

const remove = Type.Optional(
  Type.Boolean({ default: false, description: 'What is not in a section of the document goes' }),
);
export const PlanQuery = Type.Object({ remove }, { additionalProperties: false });
export const ApplyQuery = Type.Object(
  {
    remove,
    comment: Type.Optional({
      ...Text(500, 'Horario de Navidad'),
      description: 'Kept with the versions of flows that it makes',
    }),
  },
  { additionalProperties: false },
);
export const FileBody = Named(
  'ConfigurationFileBody',
  Type.Object({ document: ConfigurationFile }, { additionalProperties: false }),
);

/** A plan is for what was there when it was made. */
export const DigestMatch = Type.Object({
  'if-match': Type.String({
    maxLength: 200,
    pattern: '^\\s*(\\*|"[A-Za-z0-9_-]{1,64}")\\s*$',
    description: 'The digest of the plan in quotation marks; *: whatever is there. Otherwise 412',
    examples: ['"kJ3vY0a7Zl2mUq"'],
  }),
});
