import { readFile } from 'node:fs/promises';
import Type, { type Static } from 'typebox';
import { parse } from 'yaml';
import { validatorOf } from '../lib/schema.ts';
import { LANGUAGES, type Language } from '../model/contact.ts';

const sentence = () => Type.String({ minLength: 1, maxLength: 500 });
const strict = { additionalProperties: false };

/** The system's own sentences in one language: `config/prompts/<language>.yaml`. */
const Catalogue = Type.Object(
  {
    feature: Type.Object(
      {
        signedIn: sentence(),
        signedOut: sentence(),
        ready: sentence(),
        notReady: sentence(),
        wrapUpDone: sentence(),
        refused: sentence(),
        enterPin: sentence(),
        wrongPin: sentence(),
        locked: sentence(),
        disposed: sentence(),
        recording: sentence(),
        recordingPaused: sentence(),
        unknownCode: sentence(),
      },
      strict,
    ),
    queue: Type.Object(
      {
        next: sentence(),
        /** `{count}` people are ahead; the form is chosen by CLDR's plural rules. */
        ahead: Type.Object({ one: sentence(), other: sentence() }, strict),
        /** `{wait}` is a time or a range of times. */
        wait: sentence(),
        /** Before a wait that is longer than the one that was told before. */
        longer: sentence(),
        thanks: sentence(),
        connecting: sentence(),
      },
      strict,
    ),
    /** Around a call back: to the agent, who is told the customer's `{name}`, and to the customer. */
    callback: Type.Object(
      { agent: sentence(), agentUnnamed: sentence(), confirm: sentence(), connecting: sentence() },
      strict,
    ),
    /** What an agent is told before a call is joined: sentences, said one after the other. */
    arrival: Type.Object(
      {
        callback: sentence(),
        /** `{name}` is the colleague. */
        transfer: sentence(),
        consultation: sentence(),
        vip: sentence(),
        prospect: sentence(),
        blocked: sentence(),
        /** `{wait}` is how long the caller has waited. */
        wait: sentence(),
        accept: sentence(),
      },
      strict,
    ),
    system: Type.Object(
      {
        technicalProblem: sentence(),
        goodbye: sentence(),
        noAgents: sentence(),
        /** Before a sentence that is still being made. */
        oneMoment: sentence(),
        /** After that, while it is still being made. */
        stillOneMoment: sentence(),
        /** Instead of it, when it could not be made. */
        cannotTell: sentence(),
      },
      strict,
    ),
  },
  strict,
);
export type Catalogue = Static<typeof Catalogue>;
export type Catalogues = Readonly<Record<Language, Catalogue>>;

const validator = validatorOf(Catalogue);

/** Reads every language's catalogue; an incomplete one stops the start and says which sentence it lacks. */
export async function loadCatalogues(folder: URL): Promise<Catalogues> {
  const entries = await Promise.all(
    LANGUAGES.map(async (language) => [language, await loadCatalogue(folder, language)] as const),
  );
  return Object.fromEntries(entries) as Catalogues;
}

async function loadCatalogue(folder: URL, language: Language): Promise<Catalogue> {
  const file = new URL(`${language}.yaml`, folder);
  const content: unknown = parse(await readFile(file, 'utf8'));
  if (validator.check(content)) return content;
  const [first] = validator.errors(content);
  throw new Error(`${file.pathname}: ${first?.instancePath || '/'} ${first?.message}`);
}
