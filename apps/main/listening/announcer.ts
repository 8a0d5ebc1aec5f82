import { Notification } from 'electron';
import {
  decideAnnouncement,
  NOTHING_ANNOUNCED,
  type AnnouncementMemory,
  type EarshotEvent,
  type Settings,
} from '#protocol';
import type { Text } from '../strings.ts';
import type { Message } from './messages.ts';

export interface AnnouncerOptions {
  text(): Text;
  settings(): Settings['notifications'] | undefined;
  windowFocused(): boolean;
  now(): number;
  onClick(): void;
}

/** Shows replies as notifications of the system, as the policy allows, and tells what the person must know. */
export class Announcer {
  readonly #options: AnnouncerOptions;
  #memory: AnnouncementMemory = NOTHING_ANNOUNCED;
  /** Held until it is gone: a collected notification loses its click. */
  readonly #shown = new Set<Notification>();

  constructor(options: AnnouncerOptions) {
    this.#options = options;
  }

  heard(event: EarshotEvent): void {
    const settings = this.#options.settings();
    if (event.type !== 'reply' || !settings) return;
    const decision = decideAnnouncement(this.#memory, event, {
      nowMs: this.#options.now(),
      settings,
      windowFocused: this.#options.windowFocused(),
    });
    this.#memory = decision.memory;
    if (!decision.announce) return;
    const text = this.#options.text();
    const body =
      decision.heldBack === 0
        ? event.text
        : text('main.notification.heldBack', { text: event.text, count: decision.heldBack });
    this.#show(text('main.notification.reply'), body, event.emotion === 'urgent');
  }

  /** Tells something about Earshot itself. */
  tell({ title, body, essential }: Message): void {
    const settings = this.#options.settings();
    if (!essential && (settings?.doNotDisturb === true || settings?.enabled === false)) return;
    this.#show(title, body, false);
  }

  #show(title: string, body: string, urgent: boolean): void {
    if (!Notification.isSupported()) return;
    const notification = new Notification({ title, body, urgency: urgent ? 'critical' : 'normal' });
    this.#shown.add(notification);
    notification.on('click', () => this.#options.onClick());
    notification.on('close', () => this.#shown.delete(notification));
    notification.on('failed', () => this.#shown.delete(notification));
    notification.show();
  }
}
