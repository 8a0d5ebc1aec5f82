/** Renders what the made voices say in the scripts into `test/fixtures/requests`; needs `flite` and `espeak-ng`. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { SAMPLE_RATE_HZ } from '#protocol';
import { Resampler } from '../../apps/audio/resampler.ts';
import { decodeWave } from '../../apps/session/voice/wave.ts';
import { encodeFlac } from '../streams/flac-writer.ts';
import { setActiveLevel } from '../streams/level.ts';
import { LLM_SENTENCES } from '../llm/requests.ts';
import { joined } from '../voice/room.ts';
import { eveningScript } from './evening.ts';
import { otherHesitationsScript } from './hesitations.ts';
import { laterHesitationsScript } from './later-hesitations.ts';
import { meetingScript } from './meeting.ts';
import { wordingsScript } from './wordings.ts';
import { saidIn } from './script.ts';
import { saidFile, type VoiceName } from './voices.ts';

const WAVE = join(tmpdir(), `earshot-voice-${process.pid}.wav`);

/** Programs by voice; the sentence is their last argument, from a list that is written here. */
const PROGRAMS: Readonly<Record<VoiceName, (text: string) => readonly [string, string[]]>> = {
  anna: (text) => ['flite', ['-voice', 'slt', '-o', WAVE, '-t', text]],
  ben: (text) => ['flite', ['-voice', 'rms', '-o', WAVE, '-t', text]],
  carl: (text) => ['espeak-ng', ['-v', 'en-us', '-s', '150', '-w', WAVE, text]],
  dora: (text) => ['flite', ['-voice', 'awb', '-o', WAVE, '-t', text]],
  emil: (text) => ['flite', ['-voice', 'kal16', '-o', WAVE, '-t', text]],
  fay: (text) => ['espeak-ng', ['-v', 'en-gb+f3', '-s', '140', '-w', WAVE, text]],
  gwen: (text) => ['espeak-ng', ['-v', 'en-us+f2', '-s', '150', '-w', WAVE, text]],
  hugo: (text) => ['espeak-ng', ['-v', 'en-gb+m3', '-s', '145', '-w', WAVE, text]],
};

async function render(voice: VoiceName, text: string): Promise<Uint8Array> {
  const [command, args] = PROGRAMS[voice](text);
  execFileSync(command, args);
  const { samples, sampleRateHz } = decodeWave(await readFile(WAVE));
  const resampler = new Resampler(sampleRateHz, SAMPLE_RATE_HZ);
  const at16kHz = joined([resampler.process(samples).slice(), resampler.flush().slice()]);
  return encodeFlac(setActiveLevel(at16kHz, -23));
}

const parts = { dataFolder: '.', barks: [] };
const sentences = [
  ...[
    eveningScript(parts),
    meetingScript(parts),
    wordingsScript(parts),
    otherHesitationsScript(),
    laterHesitationsScript(),
  ].flatMap(saidIn),
  ...Object.values(LLM_SENTENCES),
];
for (const { voice, text } of sentences) {
  const path = join('test', 'fixtures', 'requests', saidFile(voice, text));
  if (existsSync(path)) continue;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, await render(voice, text));
  process.stdout.write(`${path}\n`);
}
await rm(WAVE, { force: true });
