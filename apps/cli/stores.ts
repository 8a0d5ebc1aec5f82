import { ModelStore, openDataFolder, TimelineStore } from '#session';

/** Opens the timeline for the length of one piece of work. */
export async function withTimeline<Result>(
  dataDir: string | undefined,
  work: (timeline: TimelineStore) => Result | Promise<Result>,
): Promise<Result> {
  const folder = await openDataFolder({ path: dataDir });
  const timeline = TimelineStore.open(folder.timelinePath);
  try {
    return await work(timeline);
  } finally {
    timeline.close();
  }
}

/** Opens the model store. */
export async function openModels(dataDir: string | undefined, command: string): Promise<ModelStore> {
  const folder = await openDataFolder({ path: dataDir });
  return new ModelStore({ folder: folder.modelsPath, command });
}
