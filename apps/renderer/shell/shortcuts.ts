import { useEffect } from 'react';
import type { App } from '../actions/app.ts';
import { SEARCH_FIELD_ID } from '../rail/search-field.tsx';
import { replyAloud } from '../store/app-state.ts';
import { isReplying } from '../store/timeline.ts';

/** What of a key press decides a shortcut; a `KeyboardEvent` is one. */
export interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

export type Shortcut = 'toggle' | 'search' | 'export' | 'settings' | 'leave' | 'keys';

/**
 * The shortcut of a key press. Where text is being written, or a control has its own use for a key, only those with
 * Ctrl or Cmd count.
 */
export function shortcutOf(press: Press, where: 'page' | 'control' | 'writing'): Shortcut | undefined {
  const key = press.key.toLowerCase();
  if ((press.ctrlKey || press.metaKey) && !press.altKey) {
    return ({ f: 'search', e: 'export', ',': 'settings' } as const)[key as 'f' | 'e' | ','];
  }
  if (press.key === 'Escape') return 'leave';
  if (where === 'writing' || press.altKey) return undefined;
  if (press.key === '?') return 'keys';
  return press.key === ' ' && where === 'page' ? 'toggle' : undefined;
}

function whereOf(target: EventTarget | null): 'page' | 'control' | 'writing' {
  if (!(target instanceof HTMLElement)) return 'page';
  if (target.matches('input:not([type="file"]), textarea, [contenteditable="true"]')) return 'writing';
  return target.closest(
    'button, a, [role="slider"], [role="radio"], [role="switch"], [role="menu"], [role="tab"]',
  )
    ? 'control'
    : 'page';
}

/** Listens for the keys of the window. A dialog keeps its keys to itself. */
export function useShortcuts(app: App): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (
        event.defaultPrevented ||
        document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]')
      )
        return;
      const shortcut = shortcutOf(event, whereOf(event.target));
      if (!shortcut) return;
      if (shortcut !== 'leave') event.preventDefault();
      perform(app, shortcut);
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [app]);
}

function perform({ store, show, listening, playing }: App, shortcut: Shortcut): void {
  const { page, opened, live, sessions, host } = store.getState();
  switch (shortcut) {
    case 'toggle':
      void listening.toggle();
      return;
    case 'search':
      show.toggleRail(true);
      // The field may only come into being with the rail.
      requestAnimationFrame(() => {
        const field = document.getElementById(SEARCH_FIELD_ID);
        if (field instanceof HTMLInputElement) {
          field.focus();
          field.select();
        }
      });
      return;
    case 'export': {
      const sessionId = page.name === 'session' ? opened?.sessionId : live.sessionId;
      if (sessionId === undefined) return;
      const known =
        opened?.session?.id === sessionId ? opened.session : sessions.find(({ id }) => id === sessionId);
      show.showExport({ sessionId, title: known?.title ?? host.sourceLabel ?? '' });
      return;
    }
    case 'settings':
      show.go({ name: 'settings', section: 'listening' });
      return;
    case 'keys':
      show.showKeys(true);
      return;
    case 'leave':
      // What can be heard comes first.
      if (store.getState().playing) playing.stop();
      else if (
        page.name === 'now' &&
        (isReplying(live.timeline) || replyAloud(store.getState()) !== undefined)
      )
        void listening.stopReply();
      else show.leave();
  }
}
