import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadQuestion, ThreadReply } from '../../lib/asked-thread.ts';
import { systemClock } from '../../lib/clock.ts';
import { never } from '../../lib/result.ts';
import { tellingLogger } from '../../lib/telling-logger.ts';
import { Bureau, type BureauOptions } from './bureau.ts';
import type { ReportTask, ReportWord } from './desk.ts';

/** The thread of reports: figures are computed here, and questions answered, while calls are routed elsewhere. */
const tell = (word: ReportWord): void => parentPort?.postMessage(word);

const log = tellingLogger((line) => tell({ kind: 'log', ...line }));

const bureau = new Bureau(workerData as BureauOptions, systemClock, log, (asOf) =>
  tell({ kind: 'asOf', asOf }),
);
bureau.start();

parentPort?.on('message', ({ id, task }: ThreadQuestion<ReportTask>) => {
  void perform(task).then(
    (value) => parentPort?.postMessage({ id, ok: true, value } satisfies ThreadReply),
    (error: unknown) =>
      parentPort?.postMessage({ id, ok: false, error: String(error) } satisfies ThreadReply),
  );
});

function perform(task: ReportTask): Promise<unknown> {
  switch (task.type) {
    case 'intervals':
      return bureau.intervals(task.query);
    case 'timelines':
      return bureau.timelines(task.query);
    case 'casual':
      return bureau.casual(task.query);
    case 'replay':
      return bureau.replay(task.from, task.to);
    case 'refresh':
      return bureau.refresh();
    case 'close':
      return bureau.close();
    default:
      return never(task);
  }
}
