import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { importContacts } from '../../../src/runtime/contact-import/importer.ts';
import { reportOf } from '../../../src/runtime/contact-import/report.ts';
import { delimiterOf, rowsOf } from '../../../src/runtime/contact-import/rows.ts';
import { detectEncoding } from '../../../src/runtime/contact-import/text.ts';
import type {
  ContactWriter,
  ImportCounts,
  ImportedContact,
  ImportedFile,
  ImportOptions,
  RejectedRow,
} from '../../../src/runtime/ports/import.ts';

describe('a file of contacts', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'centralita-import-'));
  });
  after(() => rm(folder, { recursive: true }));

  const read = async (content: string | Buffer, options: ImportOptions = { country: 'MX' }) => {
    const path = join(folder, 'contacts.csv');
    await writeFile(path, content);
    const contacts: ImportedContact[] = [];
    const rejected: RejectedRow[] = [];
    const batches: number[] = [];
    let file: ImportedFile | undefined;
    let counts: ImportCounts | undefined;
    const writer: ContactWriter = {
      async write(batch) {
        contacts.push(...batch);
        batches.push(batch.length);
        return { created: batch.length, updated: 0, unchanged: 0, rejected: [] };
      },
    };
    const result = await importContacts(path, writer, options, {
      began: (found) => {
        file = found;
      },
      progress: (now) => {
        counts = now;
      },
      rejected: async (rows) => void rejected.push(...rows),
    });
    return { result, contacts, rejected, file, counts, batches };
  };

  it('is read by the names of its columns, with several numbers', async () => {
    const { contacts, file, counts } = await read(
      'ID;Nombre;Estado;Teléfono;Teléfono 2;Idioma;Notas\n' +
        'ana;Ana García;VIP;5555550001;+52 55 5555 0011;es-MX;x\n' +
        'luis;Luis;;"5555550002|5555550003";;;\n',
    );
    assert.deepEqual(contacts, [
      {
        line: 2,
        id: 'ana',
        name: 'Ana García',
        status: 'vip',
        numbers: ['+525555550001', '+525555550011'],
        language: 'es-MX',
      },
      {
        line: 3,
        id: 'luis',
        name: 'Luis',
        status: 'customer',
        numbers: ['+525555550002', '+525555550003'],
      },
    ]);
    assert.deepEqual(file, { encoding: 'utf-8', delimiter: ';', ignoredColumns: ['Notas'] });
    assert.deepEqual(counts, {
      read: 2,
      created: 2,
      updated: 0,
      unchanged: 0,
      rejected: 0,
      unspoken: 0,
    });
  });

  const spanish = 'nombre,telefono\r\nÑuño Pérez,5555550001\r\nMaría José,5555550002\r\n';
  for (const [what, content, encoding] of [
    ['UTF-8', Buffer.from(spanish), 'utf-8'],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${spanish}`), 'utf-8'],
    ['Latin-1', Buffer.from(spanish, 'latin1'), 'windows-1252'],
    ['UTF-16 with a mark', Buffer.from(`\ufeff${spanish}`, 'utf16le'), 'utf-16le'],
  ] as const) {
    it(`in ${what} is read as what it says`, async () => {
      const { contacts, file } = await read(content);
      assert.deepEqual(
        contacts.map(({ name }) => name),
        ['Ñuño Pérez', 'María José'],
      );
      assert.equal(file?.encoding, encoding);
    });
  }

  it('that is Latin-1 only at its end is Latin-1, and Windows-1252 has its euro', async () => {
    const path = join(folder, 'late.csv');
    const rows = 'Ana,5555550001\n'.repeat(20_000);
    await writeFile(
      path,
      Buffer.concat([Buffer.from(`nombre,tel\n${rows}`), Buffer.from([0x80, 0x0a])]),
    );
    assert.equal(await detectEncoding(path), 'windows-1252');
    const { rejected } = await read(
      Buffer.concat([Buffer.from('nombre,tel\n'), Buffer.from([0x80, 0x2c, 0x78, 0x0a])]),
    );
    assert.deepEqual(rejected, [{ line: 2, reason: '"x" is no telephone number' }]);
  });

  it('has broken rows, each with its line and its reason, and the rest is taken', async () => {
    const { contacts, rejected, counts } = await read(
      [
        'id,nombre,telefono,estado,idioma',
        'a,Ana,5555550001,,',
        'b,"Luis, sin cerrar,5555550002,,',
        'c,Eva,5555550003,,',
        'd,Falta',
        'e,Sobra,5555550004,,,,',
        '',
        'f,Nadie,,,',
        'g,Malo,abc,,',
        'h,Rey,5555550005,king,',
        '"i"x,Comillas,5555550006,,',
        'j k,Id,5555550007,,',
        'l,,5555550008,,',
        'm,Idioma,5555550009,,klingon',
        `n,${'x'.repeat(200)},5555550010,,`,
        `o,${'y'.repeat(70_000)},5555550011,,`,
        'p,"O""Brien, Ana",5555550012,,es',
      ].join('\n'),
    );
    assert.deepEqual(
      contacts.map(({ id, line }) => [id, line]),
      [
        ['a', 2],
        ['c', 4],
        ['m', 14],
        ['p', 17],
      ],
    );
    assert.equal(contacts.at(-1)?.name, 'O"Brien, Ana');
    assert.deepEqual(
      rejected.map(({ line, reason }) => [line, reason.replace(/"[^"]*"/, '…')]),
      [
        [3, 'a quote is opened and not closed'],
        [5, 'columns: 2 instead of 5'],
        [6, 'columns: 7 instead of 5'],
        [8, 'there is no number'],
        [9, '… is no telephone number'],
        [10, '… is no status'],
        [11, 'a quote is in the wrong place'],
        [12, '… cannot be an id'],
        [13, 'a name has 1 to 100 characters'],
        [15, 'a name has 1 to 100 characters'],
        [16, 'the line is too long'],
      ],
    );
    assert.equal(counts?.read, 15);
    assert.equal(counts?.rejected, 11);
    assert.equal(counts?.unspoken, 1);
  });

  const bytes = (...parts: (string | number[])[]): Buffer =>
    Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  const good = (from: number, rows: number): string =>
    Array.from(
      { length: rows },
      (_, at) => `Peña ${from + at},${5_555_550_000 + from + at}\n`,
    ).join('');
  for (const [what, mark] of [
    ['with its mark', '\ufeff'],
    ['without a mark', ''],
  ] as const) {
    it(`in UTF-8 ${what} loses the lines with a byte that is none, and those only`, async () => {
      const { contacts, rejected, file } = await read(
        bytes(
          `${mark}nombre,tel\n${good(0, 20)}Mu`,
          [0xf1],
          `oz,5555550030\n${good(40, 20)}Mar`,
          [0xc3],
          '\n',
        ),
      );
      assert.equal(file?.encoding, 'utf-8');
      assert.equal(contacts.length, 40);
      assert.ok(contacts.every(({ name }) => name.startsWith('Peña')));
      assert.deepEqual(rejected, [
        { line: 22, reason: 'it has bytes that are no text' },
        { line: 43, reason: 'it has bytes that are no text' },
      ]);
    });
  }

  it('in Latin-1 is Latin-1, though a line of it could be UTF-8; one half and half is UTF-8', async () => {
    const latin = Buffer.from(
      'nombre,tel\nPeña,5555550001\nMuñoz,5555550002\nÃ±,5555550003\n',
      'latin1',
    );
    const { contacts } = await read(latin);
    assert.deepEqual(
      contacts.map(({ name }) => name),
      ['Peña', 'Muñoz', 'Ã±'],
    );
    const half = await read(bytes('nombre,tel\nPeña,5555550001\nMu', [0xf1], 'oz,5555550002\n'));
    assert.deepEqual(
      half.contacts.map(({ name }) => name),
      ['Peña'],
    );
    assert.equal(half.rejected[0]?.line, 3);
  });

  it('has line breaks in quoted cells, and no contact is made of what stands in them', async () => {
    const { contacts, rejected, counts } = await read(
      '\r\n"nombre",tel,"notas\r\nde ventas"\r\n' +
        'Real,5555550191,"llamar a\r\nJuan Falso,5555550192,urgente\r\n\r\n""fin"""\r\n' +
        '"Ana\r\nGarcía",5555550193,\r\nMal,abc,"x\r\ny"\r\nFin,5555550194,"z"\r\n',
    );
    assert.deepEqual(
      contacts.map(({ name, line }) => [name, line]),
      [
        ['Real', 4],
        ['Ana García', 8],
        ['Fin', 12],
      ],
    );
    assert.deepEqual(rejected, [{ line: 10, reason: '"abc" is no telephone number' }]);
    assert.equal(counts?.read, 4);
  });

  it('is not swallowed by a quote that nobody closes', async () => {
    const open = 'Abierta,5555550000,"nota\n';
    const row = (at: number) => `A,555555${1000 + at},\n`;
    const rows = Array.from({ length: 60 }, (_, at) => row(at)).join('');
    const far = await read(`nombre,tel,n\n${open}${rows}B,5555550001,"x"\n`);
    assert.equal(far.contacts.length, 61);
    const close = await read(`nombre,tel,n\n${open}${row(1)}B,5555550001,"x"\n${open}${row(2)}`);
    assert.deepEqual(
      close.contacts.map(({ line }) => line),
      [3, 4, 6],
    );
    const long = await read(`nombre,tel,n\n${open}${'x'.repeat(65_530)}\n${row(1)}"\n`);
    assert.deepEqual(
      long.contacts.map(({ line }) => line),
      [4],
    );
    for (const { rejected } of [far, close, long])
      assert.deepEqual(rejected[0], { line: 2, reason: 'a quote is opened and not closed' });
  });

  it('has a record that lies across the chunks that it is read in', async () => {
    const record = `A,5555550001,"${'uno\n'.repeat(30)}fin"\n`;
    const { contacts, rejected } = await read(`nombre,tel,n\n${record.repeat(1_500)}`);
    assert.equal(rejected.length, 0);
    assert.equal(contacts.length, 1_500);
    assert.equal(contacts.at(-1)?.line, 2 + 1_499 * 31);
  });

  it('has languages as people write them, the nearest that is spoken here is meant, and none is no loss', async () => {
    const tags = ['es-AR', 'es', 'EN_us', 'fr', '', 'xx', 'es_ES'];
    const rows = tags.map((tag, at) => `A,555555000${at},${tag}\n`);
    const { contacts, rejected, counts } = await read(`nombre,tel,idioma\n${rows.join('')}`);
    assert.deepEqual(
      contacts.map(({ language }) => language),
      ['es-MX', 'es-ES', 'en', undefined, undefined, undefined, 'es-ES'],
    );
    assert.deepEqual(rejected, []);
    assert.equal(counts?.unspoken, 2);
  });

  it('is refused when it cannot be one', async () => {
    const refusal = async (content: string | Buffer): Promise<string> => {
      const { result } = await read(content);
      return result.ok ? 'taken' : result.error;
    };
    assert.match(await refusal(''), /empty/);
    assert.match(await refusal('\n\n'), /empty/);
    assert.match(await refusal('a,b\n1,2\n'), /no column of names/);
    assert.match(await refusal('nombre,edad\nAna,7\n'), /no column of numbers/);
    assert.match(await refusal('nombre,"tel\n'), /header cannot be read/);
    assert.match(await refusal(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0])), /no text/);
  });

  it('needs the country for numbers without a code', async () => {
    const { contacts, rejected } = await read('nombre,tel\nA,5555550001\nB,+525555550002\n', {});
    assert.equal(contacts.length, 1);
    assert.equal(rejected[0]?.line, 2);
  });

  it('is written in batches, however long it is', async () => {
    const rows = Array.from({ length: 5_000 }, (_, at) => `C${at},+5255${String(10_000_000 + at)}`);
    const { batches, counts } = await read(`nombre,tel\n${rows.join('\n')}`);
    assert.ok(Math.max(...batches) <= 2_250);
    assert.equal(counts?.created, 5_000);
  });

  it('has its delimiter in its header', () => {
    assert.equal(delimiterOf('id;"a,b,c,d";tel'), ';');
    assert.equal(delimiterOf('id\ttel\tname'), '\t');
    assert.equal(delimiterOf('name'), ',');
    assert.deepEqual(rowsOf([{ line: 7, text: 'a|b' }], '|'), [{ line: 7, fields: ['a', 'b'] }]);
  });

  it('a report is text to a spreadsheet', () => {
    assert.equal(
      reportOf([
        { line: 3, reason: '"x" is no number' },
        { line: 4, reason: '+52 belongs to ana' },
      ]),
      '3,"""x"" is no number"\n4,"\'+52 belongs to ana"\n',
    );
  });
});
