/**
 * What a terminal would show, for tests: lines that were written, broken into rows at the current width and broken anew
 * when the width changes, as terminals with reflow do. Knows the few sequences that the live screen uses.
 */
export class TerminalEmulator {
  private lines: string[] = [''];
  private line = 0;
  private offset = 0;
  /** The last thing written was a character: behind the last column the cursor then waits in its row. */
  private afterCharacter = false;
  columns: number;
  cursorVisible = true;

  constructor(columns: number) {
    this.columns = columns;
  }

  write(text: string): void {
    for (const [token] of text.matchAll(/\x1b\[[?\d;]*[A-Za-z]|[^\x1b]/gsu)) this.apply(token);
  }

  /** Every row from the top, without trailing blanks. */
  rows(): string[] {
    return this.lines.flatMap((line) => this.split(line)).map((row) => row.trimEnd());
  }

  private split(line: string): string[] {
    const rows: string[] = [];
    for (let start = 0; start < line.length; start += this.columns)
      rows.push(line.slice(start, start + this.columns));
    return rows.length > 0 ? rows : [''];
  }

  private apply(token: string): void {
    if (token === '\n') this.newLine();
    else if (token === '\r') this.returnToRowStart();
    else if (!token.startsWith('\x1b')) this.put(token);
    else if (token === '\x1b[?25l') this.cursorVisible = false;
    else if (token === '\x1b[?25h') this.cursorVisible = true;
    else if (token === '\x1b[J') this.clearBelow();
    else if (token.endsWith('A')) this.moveUp(Number(token.slice(2, -1)));
    else if (!token.endsWith('m')) throw new Error(`the emulator does not know ${JSON.stringify(token)}`);
  }

  /** Which row of its line the cursor is in. */
  private rowOfCursor(): number {
    const row = Math.floor(this.offset / this.columns);
    const waits = this.afterCharacter && this.offset > 0 && this.offset % this.columns === 0;
    return waits ? row - 1 : row;
  }

  private returnToRowStart(): void {
    this.offset = this.rowOfCursor() * this.columns;
    this.afterCharacter = false;
  }

  private moveUp(count: number): void {
    const column = this.offset - this.rowOfCursor() * this.columns;
    for (let step = 0; step < count; step += 1) {
      const row = this.rowOfCursor();
      if (row > 0) this.offset = (row - 1) * this.columns + column;
      else if (this.line > 0) {
        this.line -= 1;
        this.offset = (this.split(this.lines[this.line] ?? '').length - 1) * this.columns + column;
      }
    }
  }

  private clearBelow(): void {
    this.lines[this.line] = (this.lines[this.line] ?? '').slice(0, this.offset);
    this.lines.length = this.line + 1;
  }

  private newLine(): void {
    this.line += 1;
    this.lines.splice(this.line, 0, '');
    this.offset = 0;
    this.afterCharacter = false;
  }

  private put(character: string): void {
    const line = (this.lines[this.line] ?? '').padEnd(this.offset);
    this.lines[this.line] = line.slice(0, this.offset) + character + line.slice(this.offset + 1);
    this.offset += 1;
    this.afterCharacter = true;
  }
}
