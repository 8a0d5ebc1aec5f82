/** Signals by which a person or the system asks a command to end. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first request ends the work cleanly, the second at once. */
export class Interrupts {
  private readonly handler: () => void;
  private requests = 0;

  constructor(actions: { finish: () => void; stop: () => void }) {
    this.handler = () => {
      this.requests += 1;
      if (this.requests === 1) actions.finish();
      else actions.stop();
    };
    for (const signal of SIGNALS) process.on(signal, this.handler);
  }

  dispose(): void {
    for (const signal of SIGNALS) process.off(signal, this.handler);
  }
}
