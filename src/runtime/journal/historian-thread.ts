import { parentPort, workerData } from 'node:worker_threads';
import { never } from '../../lib/result.ts';
import { explainFromJournal } from '../why.ts';
import { compact } from './compaction.ts';
import { openFolder } from './disk.ts';
import type { HistorianQuestion, HistorianReply, HistorianTask } from './historian.ts';

/** The thread of `Historian`: one question after the other, each with exactly one reply. */
const { folder } = workerData as { readonly folder: string };
const disk = openFolder(folder);
let work: Promise<void> = Promise.resolve();

parentPort?.on('message', ({ id, task }: HistorianQuestion) => {
  work = work.then(async () => {
    parentPort?.postMessage(await answer(id, task));
  });
});

async function answer(id: number, task: HistorianTask): Promise<HistorianReply> {
  try {
    return { id, ok: true, value: await perform(task) };
  } catch (error) {
    return { id, ok: false, error: String(error) };
  }
}

async function perform(task: HistorianTask): Promise<unknown> {
  switch (task.type) {
    case 'compact':
      return compact(await disk, task.job);
    case 'explain':
      return explainFromJournal(await disk, task.request);
    default:
      return never(task);
  }
}
