import type { InstallProgress } from '#session';
import type { Output } from './output.ts';
import { progressLine } from './render/models.ts';
import { truncate } from './render/text-layout.ts';

/** On a terminal the line of a download is rewritten in place; elsewhere one line for each quarter is printed. */
export class ProgressPrinter {
  private readonly output: Output;
  private lastLine = '';
  private lastKey = '';

  constructor(output: Output) {
    this.output = output;
  }

  show(progress: InstallProgress): void {
    const line = progressLine(progress);
    if (this.output.isTerminal) {
      const cut = truncate(line, this.output.columns - 1);
      if (cut !== this.lastLine) this.output.write(`\r\x1b[K${cut}`);
      this.lastLine = cut;
      return;
    }
    const quarter = progress.totalBytes > 0 ? Math.floor((4 * progress.doneBytes) / progress.totalBytes) : 0;
    const key = `${progress.name} ${progress.phase} ${progress.phase === 'downloading' ? quarter : ''}`;
    if (key !== this.lastKey) this.output.write(`${line}\n`);
    this.lastKey = key;
  }

  /** Takes the line away. */
  finish(): void {
    if (this.output.isTerminal && this.lastLine !== '') this.output.write('\r\x1b[K');
    this.lastLine = '';
  }
}
