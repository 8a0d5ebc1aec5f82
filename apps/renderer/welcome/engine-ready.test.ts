import { expect, it } from 'vitest';
import type { ModelInfo } from '#protocol';
import { isEngineReady } from './engine-ready.ts';

const model = (name: string, more: Partial<ModelInfo>): ModelInfo => ({
  name,
  title: name,
  license: 'MIT',
  version: '1.0.0',
  bytesOnDisk: 1,
  bytesTotal: 1,
  state: 'installed',
  engine: 'embedded',
  ...more,
});

it('is ready when each of its packages is there, whatever others need', () => {
  const others = model('large', { engine: 'audio-interaction', state: 'missing' });
  expect(isEngineReady('embedded', [model('speech', {}), others])).toBe(true);
  expect(isEngineReady('embedded', [model('speech', { state: 'missing' }), others])).toBe(false);
});

it('is not ready before it is known what there is', () => {
  expect(isEngineReady('embedded', [])).toBe(false);
});
