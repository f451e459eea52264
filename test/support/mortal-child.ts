import { systemClock } from '../../src/lib/clock.ts';
import { Historian } from '../../src/runtime/journal/historian.ts';
import { openJournal } from '../../src/runtime/journal/journal.ts';
import { commandOf } from './mortal-floor.ts';

/** A process that lives a day with a journal, and says how much of it is on the disk, until somebody kills it. */
const [folder = '', begun = '0'] = process.argv.slice(2);
const historian = new Historian({ folder, clock: systemClock });
const { journal, engine } = await openJournal({
  folder,
  clock: systemClock,
  snapshotEvery: 400,
  keepMs: 0,
  compact: (job) => historian.compact(job),
  onTrouble: (trouble) => process.stdout.write(`trouble ${JSON.stringify(trouble)}\n`),
});

for (let n = Number(begun); ; n++) {
  const { at, command } = commandOf(engine, n);
  journal.append(at, command);
  engine.apply(at, command);
  if (n % 10 !== 0) continue;
  const given = n + 1;
  void journal.flush().then(() => process.stdout.write(`flushed ${given}\n`));
  await new Promise((resolve) => setImmediate(resolve));
}
