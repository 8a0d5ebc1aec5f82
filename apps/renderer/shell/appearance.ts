import { useEffect, useLayoutEffect, useSyncExternalStore, useState } from 'react';
import type { Settings } from '#protocol';

const BASE_PX = 16;
/** Below this width, measured in unscaled pixels, there are stream and pulse only. */
const NARROW_PX = 560;
/** Below this the rail lies over the page instead of beside it. */
const MEDIUM_PX = 860;

export type WindowSize = 'narrow' | 'medium' | 'wide';

/** Puts theme, language and text size on the root of the page. */
export function useAppearance(appearance: Settings['appearance'] | undefined, language: string): void {
  const theme = appearance?.theme ?? 'system';
  const scale = (appearance?.textScalePercent ?? 100) / 100;
  useLayoutEffect(() => {
    const root = document.documentElement;
    root.lang = language;
    root.dataset['theme'] = theme;
    root.style.fontSize = `${BASE_PX * scale}px`;
  }, [theme, language, scale]);
}

/** How much room there is once the person's text size is taken into account. */
export function useWindowSize(scalePercent: number): WindowSize {
  const width = useSyncExternalStore(
    (changed) => {
      window.addEventListener('resize', changed);
      return () => window.removeEventListener('resize', changed);
    },
    () => window.innerWidth,
  );
  const room = width / Math.max(1, scalePercent / 100);
  return room < NARROW_PX ? 'narrow' : room < MEDIUM_PX ? 'medium' : 'wide';
}

/** Counts changes of the theme, so that a canvas is drawn again in its colours. */
export function useThemeVersion(): number {
  const [version, setVersion] = useState(0);
  useEffect(() => {
    const changed = () => setVersion((count) => count + 1);
    const media = matchMedia('(prefers-color-scheme: dark)');
    media.addEventListener('change', changed);
    const observer = new MutationObserver(changed);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => {
      media.removeEventListener('change', changed);
      observer.disconnect();
    };
  }, []);
  return version;
}
