import type { Settings } from '#protocol';
import type { DoorHandlers, HostContext } from './methods.ts';

/** What follows from settings that are changed while the host runs. */
export interface SettingsFollower {
  lanesChanged(lanes: NonNullable<Settings['lanes']>): void;
  retentionChanged(): Promise<void>;
  voiceChanged(): void;
}

/** What the person has set. A change is saved first, told to every window, then acted on. */
export function settingsHandlers(
  { application, push }: HostContext,
  follower: SettingsFollower,
): DoorHandlers<'settings.get' | 'settings.set'> {
  return {
    'settings.get': () => application.settings,
    'settings.set': async ({ settings }) => {
      const before = application.settings;
      await application.changeSettings(settings);
      push({ kind: 'settings', settings });
      if (settings.lanes && settings.lanes.join() !== before.lanes?.join()) {
        follower.lanesChanged(settings.lanes);
      }
      if (JSON.stringify(settings.voice) !== JSON.stringify(before.voice)) follower.voiceChanged();
      if (settings.retentionDays !== before.retentionDays) await follower.retentionChanged();
      return settings;
    },
  };
}
