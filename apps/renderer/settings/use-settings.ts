import { settingsSchema, type Settings } from '#protocol';
import { useApp, useAppState } from '../shell/app-context.tsx';

const DEFAULTS = settingsSchema.parse({});

/** The settings, and the way to change them. */
export function useSettings(): [Settings, (change: (settings: Settings) => Settings) => void] {
  const { keeping } = useApp();
  const settings = useAppState((state) => state.settings) ?? DEFAULTS;
  return [settings, (change) => void keeping.changeSettings(change)];
}
