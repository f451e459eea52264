// Reads numerals back, by other means than the grammar says them: a word is worth something, and what follows a
// scale word is multiplied by it. For tests only.

const SPANISH: Readonly<Record<string, number>> = {
  cero: 0,
  un: 1,
  uno: 1,
  una: 1,
  dos: 2,
  tres: 3,
  cuatro: 4,
  cinco: 5,
  seis: 6,
  siete: 7,
  ocho: 8,
  nueve: 9,
  diez: 10,
  once: 11,
  doce: 12,
  trece: 13,
  catorce: 14,
  quince: 15,
  dieciséis: 16,
  diecisiete: 17,
  dieciocho: 18,
  diecinueve: 19,
  veinte: 20,
  veintiuno: 21,
  veintiuna: 21,
  veintiún: 21,
  veintidós: 22,
  veintitrés: 23,
  veinticuatro: 24,
  veinticinco: 25,
  veintiséis: 26,
  veintisiete: 27,
  veintiocho: 28,
  veintinueve: 29,
  treinta: 30,
  cuarenta: 40,
  cincuenta: 50,
  sesenta: 60,
  setenta: 70,
  ochenta: 80,
  noventa: 90,
  cien: 100,
  ciento: 100,
  doscientos: 200,
  trescientos: 300,
  cuatrocientos: 400,
  quinientos: 500,
  seiscientos: 600,
  setecientos: 700,
  ochocientos: 800,
  novecientos: 900,
};
const ENGLISH: Readonly<Record<string, number>> = {
  zero: 0,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  thirteen: 13,
  fourteen: 14,
  fifteen: 15,
  sixteen: 16,
  seventeen: 17,
  eighteen: 18,
  nineteen: 19,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
};

export function readSpanish(text: string): number {
  let billions = 0;
  let millions = 0;
  let group = 0;
  for (const word of text.split(' ')) {
    if (word === 'y') continue;
    if (word === 'mil') group = Math.max(1, group) * 1_000;
    else if (/^mill[oó]n(es)?$/.test(word)) [millions, group] = [group, 0];
    else if (/^bill[oó]n(es)?$/.test(word)) [billions, group] = [group, 0];
    else group += known(SPANISH, word.replace(/([st])as$/, '$1os'));
  }
  return billions * 1_000_000_000_000 + millions * 1_000_000 + group;
}

export function readEnglish(text: string): number {
  const scales: Readonly<Record<string, number>> = {
    thousand: 1e3,
    million: 1e6,
    billion: 1e9,
    trillion: 1e12,
  };
  let total = 0;
  let group = 0;
  for (const word of text.split(/[ -]/)) {
    if (word === 'hundred') group *= 100;
    else if (word in scales) {
      total += group * (scales[word] ?? 0);
      group = 0;
    } else group += known(ENGLISH, word);
  }
  return total + group;
}

function known(words: Readonly<Record<string, number>>, word: string): number {
  const value = words[word];
  if (value === undefined) throw new Error(`What is ${word}?`);
  return value;
}
