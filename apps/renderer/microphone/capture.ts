import type { Problem } from '../store/app-state.ts';
import workletUrl from './capture-worklet.ts?worker&url';

/** What a window can capture by itself. */
export type CaptureKind = 'microphone' | 'system' | 'microphone-and-system';

/** Sound that this window captures. */
export interface Capture {
  readonly label: string;
  readonly sampleRateHz: number;
  /** Samples come in pairs: the microphone's, then the system's. */
  readonly apart?: true;
  stop(): void;
}

export type OpenCapture = (
  kind: CaptureKind,
  onSamples: (samples: Float32Array) => void,
  onEnded: () => void,
) => Promise<Capture>;

/**
 * Opens the microphone, the system's sound, or both, and hands their samples on as they come: float32 at the audio
 * context's rate, mono, or both side by side in pairs, so that the host can tell who spoke. Noise suppression and gain control are off, because they remove what is to be heard.
 */
export const openCapture: OpenCapture = async (kind, onSamples, onEnded) => {
  const streams: MediaStream[] = [];
  const stopStreams = () => {
    for (const stream of streams) for (const track of stream.getTracks()) track.stop();
  };
  try {
    if (kind !== 'system') streams.push(await openMicrophone());
    if (kind !== 'microphone') streams.push(await openSystemSound());
    const context = new AudioContext();
    await context.audioWorklet.addModule(workletUrl);
    const node = new AudioWorkletNode(context, 'earshot-capture', {
      numberOfOutputs: 0,
      channelCount: streams.length,
      channelCountMode: 'explicit',
      channelInterpretation: streams.length === 1 ? 'speakers' : 'discrete',
      processorOptions: { channels: streams.length },
    });
    if (streams.length === 1) connect(context, streams, node);
    else {
      // Each input of a merger is mixed down to one channel of its output.
      const merger = context.createChannelMerger(streams.length);
      connect(context, streams, merger);
      merger.connect(node);
    }
    node.port.onmessage = ({ data }) => {
      if (data instanceof Float32Array) onSamples(data);
    };
    await context.resume();
    for (const stream of streams) stream.getAudioTracks()[0]?.addEventListener('ended', onEnded);
    return {
      label: streams
        .map((stream) => stream.getAudioTracks()[0]?.label ?? '')
        .join(' + ')
        .slice(0, 200),
      sampleRateHz: context.sampleRate,
      ...(streams.length > 1 && { apart: true as const }),
      stop: () => {
        node.port.onmessage = null;
        stopStreams();
        void context.close();
      },
    };
  } catch (error) {
    stopStreams();
    throw error;
  }
};

/** Each stream into the input of its number. */
function connect(context: AudioContext, streams: readonly MediaStream[], to: AudioNode): void {
  streams.forEach((stream, input) => context.createMediaStreamSource(stream).connect(to, 0, input));
}

async function openMicrophone(): Promise<MediaStream> {
  // Absent where the page is neither local nor served over https.
  if (!('mediaDevices' in navigator)) throw new DOMException('no microphone without https', 'SecurityError');
  return navigator.mediaDevices.getUserMedia({
    audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  });
}

async function openSystemSound(): Promise<MediaStream> {
  const stream = await navigator.mediaDevices.getDisplayMedia({ audio: true, video: true });
  for (const track of stream.getVideoTracks()) {
    track.stop();
    stream.removeTrack(track);
  }
  if (stream.getAudioTracks().length === 0) throw new DOMException('no sound was shared', 'NotFoundError');
  return stream;
}

/** Why capturing failed, as the window shows it. */
export function captureProblem(error: unknown): Problem {
  const name = error instanceof DOMException ? error.name : '';
  const message = error instanceof Error ? error.message : String(error);
  if (name === 'NotAllowedError' || name === 'SecurityError') return { code: 'microphone-denied', message };
  if (name === 'NotFoundError' || name === 'OverconstrainedError')
    return { code: 'microphone-missing', message };
  if (name === 'NotReadableError' || name === 'AbortError') return { code: 'device-unavailable', message };
  return { code: 'internal', message };
}
