import { baseOf } from '../prompt-schema.ts';

/** What is to be known of a language to understand short answers in it. Words are written without accents. */
export interface LanguageWords {
  /** Said around the matter itself: they neither help nor harm. */
  readonly fillers: ReadonlySet<string>;
  /**
   * What people wrap their wishes in, for recognisers that hear only what they are told: few and long ones, since
   * every short word is one more that something else can be mistaken for.
   */
  readonly carriers: readonly string[];
  /** They turn what follows into its opposite. */
  readonly negations: ReadonlySet<string>;
  /** The one that is also an answer. */
  readonly answer: string;
  /** After a negation, these say that something is not wanted or not meant: "no quiero ventas". */
  readonly wishes: ReadonlySet<string>;
  /** What ends the reach of a negation: "no es ventas, sino soporte", "no es ventas, es soporte". */
  readonly turns: ReadonlySet<string>;
  /** Said after a no, they begin the right answer: "no, I said sales". */
  readonly assertions: ReadonlySet<string>;
  /** Numbers by their words: "uno" is the key 1. */
  readonly numbers: ReadonlyMap<string, string>;
  /** Whole answers; a negation is a no by itself, with whatever it denies. */
  readonly yes: readonly string[];
  readonly no: readonly string[];
  /** With one of these in it, an answer is neither. */
  readonly unsure: readonly string[];
  /** What turns round the answer that follows: "not right". */
  readonly denials: ReadonlySet<string>;
  /** Between the two: "no ES correcto". */
  readonly copulas: ReadonlySet<string>;
}

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));
const phrases = (text: string): readonly string[] => text.split(',').map((one) => one.trim());
const numbers = (text: string): ReadonlyMap<string, string> =>
  new Map(text.split(/\s+/).map((word, value) => [word, String(value)]));

const SPANISH: LanguageWords = {
  fillers: words(`
    a ah al algo alguien aqui asi bueno buenas buenos con de del dias disculpe e eh el ella ello em en era es esa ese
    esta estaba estamos estar este esto estoy favor gracias hablar hacer haber hay hola la las le lo los me mi mis mire
    necesita necesitaba necesito nos nuestra nuestro o oiga para perdon perdone pero por porque pues puede podria puedo
    que querria queria queremos quiero quisiera saber se senor senora senorita ser seria si sobre son soy su sus tardes tema
    tengo tenia tenemos tiene un una unas unos usted ustedes vale ver verdad y ya yo sino eso oye digame deseo deseaba
    gustaria comunicar comuniqueme dije digo dicho referia refiero comunicarme pase paseme ponga pongame noches vaya opcion numero tecla marque pulse`),
  carriers: [
    'quiero',
    'quisiera',
    'quería',
    'me gustaría',
    'necesito',
    'hablar con',
    'por favor',
    'buenos días',
    'gracias',
    'no quiero',
  ],
  negations: words('no ni tampoco nunca'),
  answer: 'no',
  wishes: words('quiero quisiera queria querria queremos deseo busco necesito es era gustaria'),
  assertions: words('dije digo dicho referia refiero'),
  turns: words('sino pero mejor quiero quisiera es era son busco necesito'),
  numbers: numbers('cero uno dos tres cuatro cinco seis siete ocho nueve diez'),
  yes: phrases(`
    sí, sí por favor, sip, claro, claro que sí, cómo no, por supuesto, desde luego, naturalmente, evidentemente, obvio,
    correcto, exacto, exactamente, efectivamente, cierto, seguro, sin duda, verdad, tal cual, confirmo, confirmado,
    eso es, eso mismo, ese mismo, esa misma, ese es, esa es, así es, afirmativo, positivo, de acuerdo, conforme,
    bien, está bien, muy bien, perfecto, excelente, listo, hecho, adelante, acepto, no hay problema, sin problema,
    vale, venga, dale, ok, okey, okay, va, va que va, sale, sale y vale, ándale, órale, simón, ajá, yes`),
  no: phrases(`
    no, no gracias, nop, nope, nel, nones, nanay, incorrecto, negativo, falso, equivocado, mal, error, para nada, qué va,
    claro que no, por supuesto que no, desde luego que no, no es eso, en absoluto, ni hablar, de ninguna manera,
    de ningún modo, jamás`),
  unsure: phrases(`
    no sé, no lo sé, no estoy seguro, no estoy segura, no me acuerdo, tal vez, quizá, quizás, a lo mejor, puede que,
    puede ser, depende, por qué no, cómo que no, cómo que sí, no entiendo, no entiendo bien, no le entiendo,
    no te entiendo, no entendí, no le entendí, no oigo, no oigo bien, no le oigo, no te oigo, no escucho,
    no escucho bien, no le escucho, no te escucho, no escuché, no oí, da igual, me da igual`),
  denials: words('no ni tampoco nunca'),
  copulas: words(
    'es era fue esta estuvo sea ha sido eso ese esa lo la me parece creo que del todo muy tan nada',
  ),
};

const ENGLISH: LanguageWords = {
  fillers: words(`
    a about ah am an and any are at be can could d do eh er for from get give got had has have hello hey hi hm hmm how i
    id im in is it its just like ll m maam me my need needed of oh okay on one ones option or our please press put re s say
    sir so some speak speaking talk thank thanks that thats the there this through to uh uhm um umm us ve want wanted was we
    well what would yeah you your number key something anything said mean meant saying somebody someone`),
  carriers: [
    'i want to',
    'i would like to',
    "i'd like to",
    'i need',
    'talk to',
    'speak to',
    'please',
    'hello',
    'thank you',
    "i don't want",
  ],
  negations: words('no not dont don never neither nor isnt wasnt'),
  answer: 'no',
  wishes: words('want wanted need like t'),
  turns: words('but instead rather want its it'),
  assertions: words('said mean meant saying'),
  numbers: numbers('zero one two three four five six seven eight nine ten'),
  yes: phrases(`
    yes, yes please, yeah, yep, yup, yes i do, yes it is, aye, correct, right, true, that's right, sure, sure thing,
    of course, ok, okay, fine, perfect, great, good, exactly, absolutely, definitely, certainly, indeed, affirmative,
    positive, confirmed, agreed, uh huh, aha, mm hmm, mmhmm, mhm, you bet, you got it, that's it, no problem,
    no doubt, go ahead, please do`),
  no: phrases(`
    no, no thanks, nope, nah, no way, wrong, incorrect, false, negative, that's wrong, not that, not at all, that's not it,
    of course not, absolutely not, definitely not, certainly not, sure not, i don't think so, mistake`),
  unsure: phrases(`
    maybe, perhaps, possibly, i don't know, don't know, not sure, no idea, why not, i don't understand, don't understand,
    i don't remember, don't remember, no matter, it depends, i don't care, don't care`),
  denials: words('not dont don never isnt wasnt'),
  copulas: words('it is was be that its thats quite really entirely all the a think believe say'),
};

/** A language of which nothing is known is still matched word by word. */
const UNKNOWN: LanguageWords = {
  fillers: new Set(),
  carriers: [],
  negations: new Set(),
  answer: '',
  wishes: new Set(),
  turns: new Set(),
  assertions: new Set(),
  numbers: new Map(),
  yes: [],
  no: [],
  unsure: [],
  denials: new Set(),
  copulas: new Set(),
};

export function wordsOf(language: string): LanguageWords {
  const base = baseOf(language);
  if (base === 'es') return SPANISH;
  return base === 'en' ? ENGLISH : UNKNOWN;
}
