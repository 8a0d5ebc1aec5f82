import type { App } from '../actions/app.ts';
import type { Answers, Script } from '../door/scripted-door.ts';
import type { AppState } from '../store/app-state.ts';

/** A state of the windows as data: what the host says, and what the person has opened. */
export interface Scene {
  readonly answers?: Answers;
  readonly connection?: Script['connection'];
  readonly pushes?: Script['pushes'];
  /** What the window shows besides. */
  readonly state?: Partial<AppState>;
  /** What the person does once the window has filled. */
  readonly act?: (app: App) => void | Promise<void>;
  /** What is written into fields, by their accessible names, before anything is clicked. */
  readonly fills?: readonly { readonly label: string; readonly text: string }[];
  /** What is clicked in the page before it is looked at, by role and accessible name. */
  readonly clicks?: readonly {
    readonly role: 'button' | 'menuitem' | 'tab' | 'radio';
    readonly name: string;
  }[];
  /** What is clicked with the other button. */
  readonly rightClick?: string;
  /** What the pointer rests on. */
  readonly hover?: string;
  readonly page?: 'captions';
  /** Preferred languages of the browser. */
  readonly locale?: string;
}

/** The moment at which all scenes take place. */
export const SCENE_NOW_MS = Date.UTC(2026, 4, 14, 12, 5, 40);
