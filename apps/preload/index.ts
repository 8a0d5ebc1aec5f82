/**
 * The bridge between a window and the main process: the only code of ours that sees both. It carries questions,
 * answers, pushes and sound, and decides nothing; main checks whatever comes through.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { DesktopDoor, DoorPush, DoorResponse } from '#protocol';
import { DESKTOP_CHANNELS } from '../protocol/desktop-channels.ts';

let nextQuestion = 0;

/**
 * Asks and unwraps the answer. A refusal is thrown as a plain object (`code`, `message`, `retryable`): of an `Error`
 * only the message crosses into the page's world.
 */
async function ask(channel: string, method: string, params: unknown): Promise<unknown> {
  nextQuestion += 1;
  const answer = (await ipcRenderer.invoke(channel, { id: nextQuestion, method, params })) as DoorResponse;
  if (answer.ok) return answer.result;
  const refusal = { name: 'EarshotError', ...answer.error };
  throw refusal;
}

/** Main checks questions and answers against their schemas; here their types are a promise, not a proof. */
const bridge: DesktopDoor = {
  ask: (method, params) => ask(DESKTOP_CHANNELS.ask, method, params) as Promise<never>,
  desktop: (method, params) => ask(DESKTOP_CHANNELS.desktop, method, params) as Promise<never>,
  onPush: (listener) => {
    // The event holds the sender and stays on this side.
    const receive = (_event: unknown, push: DoorPush): void => listener(push);
    ipcRenderer.on(DESKTOP_CHANNELS.push, receive);
    return () => ipcRenderer.off(DESKTOP_CHANNELS.push, receive);
  },
  sendAudio: (samples) => ipcRenderer.send(DESKTOP_CHANNELS.audio, samples),
  pathForFile: (file) => webUtils.getPathForFile(file as Parameters<typeof webUtils.getPathForFile>[0]),
};

contextBridge.exposeInMainWorld('earshot', bridge);
