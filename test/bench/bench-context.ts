import type { ClipLoader } from '../streams/clip.ts';

/** What every section of the benchmark works with. */
export interface BenchContext {
  /** `out/cli.js` of the clone. */
  readonly command: string;
  /** An empty data folder with the models installed. */
  readonly dataDir: string;
  /** For composed streams; removed at the end. */
  readonly workDir: string;
  /** The recordings; undefined where they are not, then the demo recording has to do. */
  readonly dataFolder: string | undefined;
  readonly loadClip: ClipLoader;
  /** A short run that shows that everything works, not what it is worth. */
  readonly quick: boolean;
  /** Also transcribe every clip in one offline pass of the same model. */
  readonly offline: boolean;
  /** Tells whoever waits what is being done. */
  progress(text: string): void;
}
