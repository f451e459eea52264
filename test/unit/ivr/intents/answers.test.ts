import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { yesOrNo } from '../../../../src/ivr/intents/answers.ts';

const surely = (text: string) => [{ text, confidence: 1 }];

/** Answers, one between each two bars, and what they are. */
const SPANISH: Readonly<Record<'yes' | 'no' | 'neither', string>> = {
  yes: `
    sí | si | Sí. | sí sí | sí, por favor | sí señorita | sí, claro | que sí | creo que sí | pues sí | ah sí, gracias |
    correcto | es correcto | sí, correcto | sí, es correcto | así es, correcto | está bien | sí, está bien | muy bien |
    cómo no | ¡cómo no! | claro | claro que sí | por supuesto | desde luego | exacto | exactamente | efectivamente |
    eso es | eso mismo | así es | es cierto | afirmativo | vale | de acuerdo | ok | okay | okey | dale | ajá | va |
    va que va | sale | sale y vale | ándale | órale | simón | sip | perfecto | sí quiero ventas | sí, eso dije |
    no hay problema | sí, no hay problema`,
  no: `
    no | no no | no, no | no, gracias | no señor | que no | creo que no | pues no | nop | nope | nel | nones |
    incorrecto | es incorrecto | no es correcto | no, no es correcto | no está bien | eso no |
    eso no es | no es eso | no, no es eso | no es así | claro que no | por supuesto que no | para nada | qué va |
    no, qué va | negativo | equivocado | está mal | mejor no | nunca | tampoco | no me parece bien |
    no es del todo correcto | no creo que sea correcto | no, soporte`,
  neither: `
    factura | quiero hablar con soporte | sí o no | no, sí | sí, no | no correcto | no sé | no lo sé | no, no sé |
    tal vez | quizás sí | a lo mejor | por qué no | cómo que no | no le entiendo | perdón | cómo | eh | uno |
    no es incorrecto | no, es incorrecto | correctamente | vaya | [unk]`,
};

const ENGLISH: typeof SPANISH = {
  yes: `
    yes | yes please | yeah | yep | yes, that's right | that's right | that is right | correct | that's correct |
    it's correct | right | sure | of course | okay | ok | exactly | uh huh | mm-hmm | absolutely | i think so, yes |
    yes it is | you got it | that's fine`,
  no: `
    no | nope | nah | no thanks | no, thank you | not right | that's not right | that isn't right | it's not correct |
    not correct | incorrect | no, that's wrong | wrong | not that | of course not | not at all | i don't think so |
    i don't think that's right | not exactly | not really | it isn't | no, support`,
  neither: `
    sales | yes and no | yes or no | no, yes | maybe | perhaps | i don't know | i'm not sure | why not |
    i don't understand | what | not wrong`,
};

describe('yes and no', () => {
  for (const [language, table] of [
    ['es-ES', SPANISH],
    ['es-MX', SPANISH],
    ['en', ENGLISH],
  ] as const) {
    for (const [expected, answers] of Object.entries(table)) {
      for (const said of answers.split('|').map((one) => one.trim())) {
        it(`${language}: "${said}" → ${expected}`, () => {
          assert.equal(yesOrNo(surely(said), language) ?? 'neither', expected);
        });
      }
    }
  }

  it('takes neither from silence, nor from a language of which nothing is known', () => {
    assert.equal(yesOrNo([], 'es-ES'), undefined);
    assert.equal(yesOrNo(surely(''), 'es-ES'), undefined);
    assert.equal(yesOrNo(surely('oui'), 'fr'), undefined);
  });

  it('adds up what the recogniser believes, and wants a lead', () => {
    const heard = (yes: number, no: number) =>
      yesOrNo(
        [
          { text: 'correcto', confidence: yes },
          { text: 'incorrecto', confidence: no },
        ],
        'es-MX',
      );
    assert.equal(heard(0.6, 0.4), 'yes');
    assert.equal(heard(0.4, 0.6), 'no');
    assert.equal(heard(0.52, 0.48), undefined);
    assert.equal(heard(0.3, 0.1), undefined);
  });
});
