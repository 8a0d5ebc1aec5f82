import { join } from 'node:path';
import { defineConfig } from 'electron-vite';

const root = import.meta.dirname;

/**
 * The desktop application's own bundles, in `out/main` and `out/preload`. Processes of their own are entries of main;
 * they find each other by file name, so shared chunks must lie in the same folder. The windows are built by their own
 * `apps/renderer/vite.config.ts` (see `build/app.mjs`), as the web server delivers the very same files to browsers of
 * other ages than Electron's, whose target electron-vite would set.
 */
export default defineConfig({
  main: {
    build: {
      outDir: join(root, 'out', 'main'),
      // Plain JavaScript is bundled with the processes: a package unpacked beside the archive finds nothing else.
      externalizeDeps: { exclude: ['zod', 'llama-tokenizer-js', '@huggingface/tokenizers', 'yaml'] },
      sourcemap: true,
      rollupOptions: {
        input: {
          index: join(root, 'apps/main/index.ts'),
          inference: join(root, 'apps/inference/process.ts'),
          'inference-worker': join(root, 'apps/inference/worker/thread.ts'),
          'inference-probe': join(root, 'apps/inference/audio-interaction/probe/process.ts'),
          'inference-translator': join(root, 'apps/inference/translation/thread.ts'),
          'inference-unified': join(root, 'apps/inference/audio-interaction/worker/thread.ts'),
          convert: join(root, 'models/convert/process.ts'),
          'convert-worker': join(root, 'models/convert/tasks/thread.ts'),
          capture: join(root, 'apps/audio/capture/process.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: join(root, 'out', 'preload'),
      externalizeDeps: false,
      rollupOptions: {
        input: { index: join(root, 'apps/preload/index.ts') },
        // A sandboxed preload is CommonJS, whatever the package says.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
});
