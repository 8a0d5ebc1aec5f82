import { describe, expect, it } from 'vitest';
import { Shutdown } from './shutdown.ts';

describe('the end of the application', () => {
  it('happens once', async () => {
    let ends = 0;
    const shutdown = new Shutdown(() => {
      ends += 1;
      return Promise.resolve();
    });
    expect(shutdown.begun).toBe(false);
    expect(await Promise.all([shutdown.run(), shutdown.run()])).toEqual(['finished', 'finished']);
    expect(ends).toBe(1);
    expect(shutdown.begun).toBe(true);
  });

  it('is bounded in time', async () => {
    const shutdown = new Shutdown(() => new Promise(() => undefined), 20);
    expect(await shutdown.run()).toBe('late');
  });

  it('goes on when something fails', async () => {
    expect(await new Shutdown(() => Promise.reject(new Error('disk'))).run()).toBe('failed');
  });
});
