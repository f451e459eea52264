import Type from 'typebox';
import { LanguageName, Named, PageOf, PageQuery, Timestamp, wavAnswer } from '../../schemas.ts';

export const PromptParams = Type.Object({
  name: Type.String({
    minLength: 1,
    maxLength: 130,
    pattern: '^[^\\u0000-\\u001F\\u007F/]+$',
    description:
      "`flow.prompt` for one flow's prompt, `prompt` for the prompt of that name in every flow; `{ audio: name }` in a flow plays it as well",
    examples: ['principal.saludo'],
  }),
});

export const PromptQuery = Type.Object(
  {
    language: Type.Optional({
      ...LanguageName,
      description: 'Absent: for every language that has none of its own',
    }),
  },
  { additionalProperties: false },
);

export const PromptListQuery = Type.Object(PageQuery, { additionalProperties: false });

/** What is in the body is found out by reading it: its header may say anything. */
export const WavBody = {
  content: {
    'audio/wav': {
      schema: Type.Unsafe<Buffer>({
        contentMediaType: 'audio/wav',
        description:
          'PCM of 8, 16, 24 or 32 bits, floats, A-law or µ-law; 8 to 192 kHz; up to ten minutes and 40 MB',
      }),
    },
  },
};

export const WavAnswer = wavAnswer('The recording as it is played: 16 bit, mono, 16 kHz');

export const PromptAnswer = Named(
  'Prompt',
  Type.Object({
    name: Type.String({ examples: ['principal.saludo'] }),
    language: Type.Optional(LanguageName),
    durationMs: Type.Integer({ examples: [3_200] }),
    uploadedAt: Timestamp,
    original: Type.Object(
      {
        rate: Type.Integer({ examples: [44_100] }),
        channels: Type.Integer({ examples: [2] }),
        format: Type.String({ examples: ['24 bit PCM'] }),
      },
      { description: 'What was uploaded, before it was converted' },
    ),
  }),
);
export const PromptPage = PageOf(PromptAnswer);
