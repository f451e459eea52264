import Type, { type TInteger, type TNull, type TUnion } from 'typebox';
import { LOG_LEVELS } from '../../../lib/levels.ts';
import {
  SETTING_BOUNDS,
  SETTING_DEFAULTS,
  type SettingNumber,
  type Settings,
} from '../../../model/settings.ts';
import { Named, Revision } from '../../schemas.ts';

const TEXTS: Readonly<Record<keyof Settings, string>> = {
  voicemailKeepDays: 'Messages of callers are deleted afterwards (VOICEMAIL_KEEP_DAYS)',
  recordingKeepDays: 'The sound of conversations is deleted afterwards (RECORDING_KEEP_DAYS)',
  sessionIdleMinutes: 'Who has done nothing for so long is signed out (SESSION_IDLE_MINUTES)',
  sessionHours: 'Who signed in so long ago is signed out (SESSION_HOURS)',
  requestsPerMinute: 'Of one key; a person’s are a tenth of it (API_REQUESTS_PER_MINUTE)',
  webhookAttemptsMax: 'Attempts before an event is a dead letter (WEBHOOK_ATTEMPTS_MAX)',
  webhookRetrySeconds: 'The first pause, doubled each time (WEBHOOK_RETRY_SECONDS)',
  webhookGiveUpHours:
    'An endpoint that has only failed for so long is disabled (WEBHOOK_GIVE_UP_HOURS)',
  logLevel: 'From how urgent on lines are written (LOG_LEVEL)',
};

const numbers = Object.fromEntries(
  Object.entries(SETTING_BOUNDS).map(([key, [minimum, maximum]]) => {
    const name = key as SettingNumber;
    const examples = [SETTING_DEFAULTS[name]];
    return [name, Type.Integer({ minimum, maximum, description: TEXTS[name], examples })];
  }),
) as Record<SettingNumber, TInteger>;

const settings = {
  ...numbers,
  logLevel: Type.Enum([...LOG_LEVELS], { description: TEXTS.logLevel, examples: ['info'] }),
};

const nullable = Object.fromEntries(
  Object.entries(settings).map(([name, schema]) => [name, Type.Union([schema, Type.Null()])]),
) as unknown as { [Name in keyof typeof settings]: TUnion<[(typeof settings)[Name], TNull]> };

/** Null: as the environment says again (RFC 7396). */
export const SettingsPatch = Named(
  'SettingsPatch',
  Type.Partial(Type.Object(nullable), {
    additionalProperties: false,
    minProperties: 1,
  }),
);

/** What somebody has set. */
export const OwnSettings = Type.Partial(Type.Object(settings), { additionalProperties: false });

export const SettingsAnswer = Named(
  'Settings',
  Type.Object({
    ...settings,
    set: Type.Array(Type.String(), {
      description: 'What somebody has set; the others are as the environment says',
      examples: [['recordingKeepDays']],
    }),
    ...Revision,
  }),
);
