/** Name of the function in the page that reaches the main process. */
export const BINDING = '__standInMain';
/** Name of the function in the page that main's messages come to. */
export const RECEIVER = '__standInReceive';

/**
 * What runs in a page before anything else: the real preload, with an `electron` that speaks over the binding.
 * One world instead of two: context isolation is not modelled.
 */
export function preloadScript(preloadSource: string): string {
  return `(() => {
  if (window.top !== window) return;
  const main = window.${BINDING};
  const listeners = new Map();
  const ipcRenderer = {
    invoke: (channel, ...args) => main('invoke', channel, args),
    send: (channel, ...args) => void main('send', channel, args),
    on: (channel, listener) => { listeners.set(channel, [...(listeners.get(channel) ?? []), listener]); },
    off: (channel, listener) => { listeners.set(channel, (listeners.get(channel) ?? []).filter((one) => one !== listener)); },
  };
  Object.defineProperty(window, '${RECEIVER}', { value: (channel, args) => {
    for (const listener of listeners.get(channel) ?? []) listener({}, ...args);
  } });
  // Electron asks main before a window opens, and a denied one never exists.
  window.open = (address = 'about:blank') => {
    void main('open', '', [String(new URL(address, location.href))]);
    return null;
  };
  const contextBridge = { exposeInMainWorld: (name, api) => Object.defineProperty(window, name, { value: Object.freeze(api) }) };
  const webUtils = { getPathForFile: (file) => (window.__standInFiles ?? {})[file.name] ?? '' };
  const load = (name) => {
    if (name === 'electron') return { contextBridge, ipcRenderer, webUtils };
    throw new Error('a sandboxed preload cannot load ' + name);
  };
  const module = { exports: {} };
  (function (require, module, exports) {
${preloadSource}
  })(load, module, module.exports);
})();`;
}
