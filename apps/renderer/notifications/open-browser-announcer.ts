import type { App } from '../actions/app.ts';
import { chooseLanguage, translator } from '../text/catalogue.ts';
import { BrowserAnnouncer } from './browser-announcer.ts';

/** True where a page shows its notifications by itself: in a browser that can, not in a desktop window. */
export function announcesItself(page: Window, { door }: Pick<App, 'door'>): boolean {
  return door.desktop === undefined && 'Notification' in page;
}

/** Lets the page of a browser show replies as notifications; a desktop shows its own. */
export function openBrowserAnnouncer(page: Window, app: App): BrowserAnnouncer | undefined {
  if (!announcesItself(page, app)) return undefined;
  const { door, store, nowMs } = app;
  const words = () =>
    translator(store.getState().settings?.appearance.language ?? chooseLanguage(page.navigator.languages));
  return new BrowserAnnouncer({
    door,
    settings: () => store.getState().settings,
    focused: () => page.document.hasFocus(),
    allowed: () => Notification.permission === 'granted',
    show: (body, urgent) => {
      const notification = new Notification('Earshot', { body, requireInteraction: urgent });
      notification.onclick = () => page.focus();
    },
    withHeldBack: (text, count) => words()('notifications.held-back', { text, count }),
    nowMs,
  });
}
