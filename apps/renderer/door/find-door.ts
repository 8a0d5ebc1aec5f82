import type { DesktopDoor } from '#protocol';
import type { ObservedDoor } from './observed-door.ts';
import { openSocketDoor, takeToken } from './socket-door.ts';
import { uploadRecording } from './upload.ts';

declare global {
  interface Window {
    /** The preload's bridge; only in a desktop window. */
    readonly earshot?: DesktopDoor;
  }
}

/** The way to the host: the desktop's bridge where there is one, a WebSocket to the page's own host otherwise. */
export function findDoor(page: Window): ObservedDoor {
  return page.earshot ? observeBridge(page.earshot) : openBrowserDoor(page);
}

/** The bridge lives as long as its window: it is always open. */
function observeBridge(bridge: DesktopDoor): ObservedDoor {
  return {
    ask: (method, params) => bridge.ask(method, params),
    onPush: (listener) => bridge.onPush(listener),
    sendAudio: (samples) => bridge.sendAudio(samples),
    desktop: bridge,
    onConnection: (listener) => {
      listener('open');
      return () => undefined;
    },
  };
}

function openBrowserDoor(page: Window): ObservedDoor {
  const token = takeToken(page.location, page.sessionStorage, page.history);
  const scheme = page.location.protocol === 'https:' ? 'wss' : 'ws';
  const door = openSocketDoor({
    url: `${scheme}://${page.location.host}/door?token=${encodeURIComponent(token)}`,
    openSocket: (url) => new WebSocket(url),
    schedule: (action, delayMs) => {
      const timer = setTimeout(action, delayMs);
      return () => clearTimeout(timer);
    },
  });
  return { ...door, upload: (file, signal) => uploadRecording(file, token, signal) };
}
