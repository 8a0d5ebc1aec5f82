import { MoonshineRecogniser } from '../worker/moonshine.ts';
import { EMBEDDED_MODELS } from './engine.ts';
import { moonshineTokenText } from './vocabulary.ts';

/** Transcribes whole clips, each in one pass: what the streaming path is measured against. */
export interface OfflineTranscriber {
  /** @param samples - 16 kHz mono; over 15 to 20 s the model begins to loop. */
  transcribe(samples: Float32Array): Promise<string>;
  close(): Promise<void>;
}

/**
 * Opens the embedded engine's recogniser without the stream around it.
 * @throws EarshotError `engine-failed` when the model cannot be loaded.
 */
export async function openOfflineTranscriber(options: {
  /** Verified package folders by name. */
  models: Readonly<Record<string, string>>;
}): Promise<OfflineTranscriber> {
  const recogniser = await MoonshineRecogniser.open(options.models[EMBEDDED_MODELS.recogniser] ?? '', 1);
  const text = moonshineTokenText();
  return {
    transcribe: async (samples) => {
      const request = { samples, settled: [], draft: [], guess: false, isCancelled: () => false };
      return text.decode((await recogniser.recognise(request)).tokens);
    },
    close: () => recogniser.close(),
  };
}
