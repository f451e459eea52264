import Type, { type TInteger } from 'typebox';
import { SETTING_BOUNDS, SETTING_DEFAULTS, type Settings } from '../../../model/settings.ts';
import { Revision } from '../../schemas.ts';

const TEXTS: Readonly<Record<keyof Settings, string>> = {
  voicemailKeepDays: 'Messages of callers are deleted afterwards (VOICEMAIL_KEEP_DAYS)',
  recordingKeepDays: 'The sound of conversations is deleted afterwards (RECORDING_KEEP_DAYS)',
  sessionIdleMinutes: 'Who has done nothing for so long is signed out (SESSION_IDLE_MINUTES)',
  sessionHours: 'Who signed in so long ago is signed out (SESSION_HOURS)',
  requestsPerMinute: 'Of one key; a person’s are a tenth of it (API_REQUESTS_PER_MINUTE)',
};

const settings = Object.fromEntries(
  Object.entries(TEXTS).map(([name, description]) => {
    const [minimum, maximum] = SETTING_BOUNDS[name as keyof Settings];
    const examples = [SETTING_DEFAULTS[name as keyof Settings]];
    return [name, Type.Integer({ minimum, maximum, description, examples })];
  }),
) as Record<keyof Settings, TInteger>;

const nullable = Object.fromEntries(
  Object.entries(settings).map(([name, schema]) => [name, Type.Union([schema, Type.Null()])]),
) as unknown as Record<keyof Settings, ReturnType<typeof Type.Union<[TInteger, Type.TNull]>>>;

/** Null: as the environment says again (RFC 7396). */
export const SettingsPatch = Type.Partial(Type.Object(nullable), {
  additionalProperties: false,
  minProperties: 1,
});

/** What somebody has set. */
export const OwnSettings = Type.Partial(Type.Object(settings), { additionalProperties: false });

export const SettingsAnswer = Type.Object({
  ...settings,
  set: Type.Array(Type.String(), {
    description: 'What somebody has set; the others are as the environment says',
    examples: [['recordingKeepDays']],
  }),
  ...Revision,
});
