import {
  decideAnnouncement,
  NOTHING_ANNOUNCED,
  type AnnouncementMemory,
  type Door,
  type EarshotEvent,
  type Settings,
} from '#protocol';

/** What a page needs to show notifications; a browser's own in real life. */
export interface BrowserAnnouncerOptions {
  readonly door: Pick<Door, 'onPush'>;
  settings(): Settings | undefined;
  /** The person has the page in front of them. */
  focused(): boolean;
  /** The browser shows notifications of this page. */
  allowed(): boolean;
  show(body: string, urgent: boolean): void;
  /** The text of a reply with the number of those that were held back before it. */
  withHeldBack(text: string, count: number): string;
  nowMs(): number;
}

/** Shows replies and notices as notifications of the browser, by the same policy as the desktop. */
export class BrowserAnnouncer {
  readonly #options: BrowserAnnouncerOptions;
  readonly #unsubscribe: () => void;
  #memory: AnnouncementMemory = NOTHING_ANNOUNCED;

  constructor(options: BrowserAnnouncerOptions) {
    this.#options = options;
    this.#unsubscribe = options.door.onPush((push) => {
      if (push.kind === 'event') this.#hear(push.event);
    });
  }

  dispose(): void {
    this.#unsubscribe();
  }

  #hear(event: EarshotEvent): void {
    const { settings, focused, allowed, show, withHeldBack, nowMs } = this.#options;
    const present = settings();
    if (event.type !== 'reply' || !present || !allowed()) return;
    const { announce, heldBack, memory } = decideAnnouncement(this.#memory, event, {
      nowMs: nowMs(),
      settings: present.notifications,
      windowFocused: focused(),
    });
    this.#memory = memory;
    if (announce)
      show(heldBack === 0 ? event.text : withHeldBack(event.text, heldBack), event.emotion === 'urgent');
  }
}
