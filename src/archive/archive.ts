import type { StoredRecording } from '../model/recording.ts';
import type { RecordingArchive, RecordingSound } from '../runtime/ports/recordings.ts';
import type { RecordingFolder } from './folder.ts';
import type { ObjectStore } from './object-store.ts';

/** Finds the sound wherever it is: on its way to the object store it is in the folder. */
export class Archive implements RecordingArchive {
  readonly #folder: RecordingFolder;
  readonly #objects: ObjectStore | undefined;

  constructor(folder: RecordingFolder, objects: ObjectStore | undefined) {
    this.#folder = folder;
    this.#objects = objects;
  }

  async open(
    { id, state }: StoredRecording,
    range: string | undefined,
  ): Promise<RecordingSound | undefined> {
    if (state !== 'kept') return undefined;
    return (await this.#folder.open(id, range)) ?? this.#objects?.open(id, range);
  }

  async remove({ id, storage }: StoredRecording): Promise<void> {
    await this.#folder.remove(id);
    if (storage === 's3') await this.#objects?.remove(id);
  }
}
