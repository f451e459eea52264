import { join } from 'node:path';
import { Counter, Gauge } from 'prom-client';
import { Archive } from '../archive/archive.ts';
import { RecordingFolder } from '../archive/folder.ts';
import { RecordingKeeper } from '../archive/keeper.ts';
import { ObjectStore } from '../archive/object-store.ts';
import { DAY_MS } from '../lib/clock.ts';
import { measureRecords } from '../reporting/metrics.ts';
import type { RecordSink } from '../runtime/ports/index.ts';
import type { RecordingArchive, RecordingFiles } from '../runtime/ports/recordings.ts';
import type { Store } from '../store/store.ts';
import type { Foundation } from './foundation.ts';

/** What is written down, measured, and where recorded conversations go. */
export interface Conversations {
  readonly records: RecordSink;
  readonly files: RecordingFiles;
  readonly archive: RecordingArchive;
}

export function openConversations(foundation: Foundation, store: Store): Conversations {
  const { config, log, clock, metrics, closing } = foundation;
  const records = measureRecords(metrics, store.records);
  const folder = new RecordingFolder(join(config.dataDir, 'recordings', 'conversations'));
  const objects = config.objects && new ObjectStore(config.objects);
  const uploads = new Counter({
    name: 'centralita_recording_uploads_total',
    help: 'Recordings sent to the object store: ok, or failed and tried again later',
    labelNames: ['result'],
    registers: [metrics],
  });
  // As in `reporting/from-zero.ts`.
  for (const result of ['ok', 'failed']) uploads.inc({ result }, 0);
  const keeper = new RecordingKeeper({
    folder,
    ...(objects ? { objects } : {}),
    recordings: store.admin.recordings,
    enter: (recording) => records.recording(recording),
    keepMs: () => store.admin.settings.current.recordingKeepDays * DAY_MS,
    clock,
    log,
    onUpload: (result) => uploads.inc({ result }),
  });
  new Gauge({
    name: 'centralita_recordings_waiting',
    help: 'Recordings that are not in the object store yet',
    registers: [metrics],
    collect() {
      this.set(keeper.waiting);
    },
  });
  closing.add('recordings', () => keeper.close());
  return { records, files: folder, archive: new Archive(folder, objects) };
}
