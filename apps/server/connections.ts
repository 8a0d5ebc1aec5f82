import type { Socket } from 'node:net';

/** Sockets that were not let in yet, or are idle, at a time. */
const MAX_SOCKETS = 96;

/**
 * Every open connection. When there are too many, the one that has waited longest without being let in makes room:
 * clients that connect and stall keep nobody out.
 */
export class Connections {
  /** In the order of their coming. */
  readonly #strangers = new Set<Socket>();
  readonly #guests = new Set<Socket>();

  get size(): number {
    return this.#strangers.size + this.#guests.size;
  }

  add(socket: Socket): void {
    this.#strangers.add(socket);
    socket.once('close', () => {
      this.#strangers.delete(socket);
      this.#guests.delete(socket);
    });
    // Nobody is told that a stranger's line broke.
    socket.on('error', () => undefined);
    if (this.size <= MAX_SOCKETS) return;
    const [oldest] = this.#strangers;
    oldest?.destroy();
  }

  /** Its request brought a good key: it is not thrown out for others. */
  letIn(socket: Socket): void {
    if (this.#strangers.delete(socket)) this.#guests.add(socket);
  }

  closeAll(): void {
    for (const socket of [...this.#strangers, ...this.#guests]) socket.destroy();
  }
}
