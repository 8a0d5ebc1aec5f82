import type { Prosody } from '#protocol';

/** A voice of the system. */
export interface SystemVoice {
  /** What the program is told to speak with it. */
  readonly name: string;
  readonly title: string;
  readonly language?: string;
}

/** A program of the system that speaks. Sentences reach it on standard input and never as part of a command line. */
export interface VoiceProgram {
  readonly name: string;
  readonly command: string;
  /** Arguments that only ask for the version; a program that cannot be started is not there. */
  readonly probe: readonly string[];
  /** Writes WAV instead of speaking itself, so that it can be made softer and its echo is known. */
  readonly renders: boolean;
  /** Names the file that it writes to; absent where it writes to standard output. */
  readonly fileArguments?: (path: string) => readonly string[];
  arguments(prosody: Prosody, voice: string | undefined): readonly string[];
  /** What goes to standard input. */
  input(sentence: string): string;
  /** Asks the program for its voices and reads its answer; absent where it has no way to tell. */
  readonly voiceList?: {
    readonly arguments: readonly string[];
    read(output: string): readonly SystemVoice[];
  };
}

/** Words a minute of espeak-ng and `say` at their own speed. */
const ESPEAK_RATE = 175;
const SAY_RATE = 180;

function within(value: number, low: number, high: number): string {
  return String(Math.round(Math.min(high, Math.max(low, value))));
}

function espeak(command: string, renders: boolean): VoiceProgram {
  return {
    name: command,
    command,
    probe: ['--version'],
    renders,
    arguments: ({ rate, pitch }, voice) => [
      ...(voice === undefined ? [] : ['-v', voice]),
      '-s',
      within(ESPEAK_RATE * rate, 80, 450),
      '-p',
      within(50 * pitch, 0, 99),
      '-b',
      '1',
      '--stdin',
      ...(renders ? ['--stdout'] : []),
    ],
    input: (sentence) => sentence,
    voiceList: { arguments: ['--voices'], read: readEspeakVoices },
  };
}

/** `Pty Language Age/Gender VoiceName File Other`, one voice a line; in names `_` stands for a space. */
export function readEspeakVoices(output: string): readonly SystemVoice[] {
  const voices = new Map<string, SystemVoice>();
  for (const line of output.split('\n').slice(1)) {
    const [, language, , title] = line.trim().split(/\s+/);
    if (language === undefined || title === undefined || !isVoiceName(language)) continue;
    if (!voices.has(language))
      voices.set(language, { name: language, title: title.replaceAll('_', ' '), language });
  }
  return [...voices.values()];
}

/** Speech Dispatcher: rate and pitch from −100 to 100; `-w` waits, `-e` reads standard input. */
const SPEECH_DISPATCHER: VoiceProgram = {
  name: 'spd-say',
  command: 'spd-say',
  probe: ['--version'],
  renders: false,
  arguments: ({ rate, pitch }, voice) => [
    ...(voice === undefined ? [] : ['-y', voice]),
    '-r',
    within((rate - 1) * 100, -100, 100),
    '-p',
    within((pitch - 1) * 100, -100, 100),
    '-w',
    '-e',
  ],
  input: (sentence) => `${sentence}\n`,
};

/** macOS. Writes to files alone; its pitch goes only by commands inside the text, which are kept out of it. */
function macosSay(renders: boolean): VoiceProgram {
  return {
    name: 'say',
    command: 'say',
    probe: ['-v', '?'],
    renders,
    arguments: ({ rate }, voice) => [
      ...(voice === undefined ? [] : ['-v', voice]),
      '-r',
      within(SAY_RATE * rate, 90, 400),
      '-f',
      '-',
    ],
    ...(renders && {
      fileArguments: (path: string) => ['-o', path, '--file-format=WAVE', '--data-format=LEI16@22050'],
    }),
    input: (sentence) => sentence,
    voiceList: { arguments: ['-v', '?'], read: readSayVoices },
  };
}

/** `Name  en_US  # What it says of itself`, one voice a line; names have spaces. */
export function readSayVoices(output: string): readonly SystemVoice[] {
  return output.split('\n').flatMap((line) => {
    const [, name = '', language = ''] = /^(.+?)\s+([a-z]{2,3}[_-]\w+)\s+#/.exec(line) ?? [];
    return isVoiceName(name) ? [{ name, title: name, language: language.replace('_', '-') }] : [];
  });
}

const POWERSHELL = ['-NoProfile', '-NonInteractive', '-Command'] as const;

/** Reads the sentence from standard input, so that nothing in it is ever part of the script. */
function powershell(rate: string, voice: string | undefined, renders: boolean): string {
  return [
    '[Console]::InputEncoding = [Text.Encoding]::UTF8',
    'Add-Type -AssemblyName System.Speech',
    '$speaker = New-Object System.Speech.Synthesis.SpeechSynthesizer',
    `$speaker.Rate = ${rate}`,
    // A voice's name has no quotes: see `isVoiceName`.
    ...(voice === undefined ? [] : [`$speaker.SelectVoice('${voice}')`]),
    // A header is written when its length is known, so it goes through memory.
    ...(renders ? ['$wave = New-Object IO.MemoryStream', '$speaker.SetOutputToWaveStream($wave)'] : []),
    '$speaker.Speak([Console]::In.ReadToEnd())',
    ...(renders ? ['$speaker.SetOutputToNull()', '$wave.WriteTo([Console]::OpenStandardOutput())'] : []),
  ].join('; ');
}

/** Its voices, a line each: name, tab, language. */
const WINDOWS_VOICES = [
  '[Console]::OutputEncoding = [Text.Encoding]::UTF8',
  'Add-Type -AssemblyName System.Speech',
  '(New-Object System.Speech.Synthesis.SpeechSynthesizer).GetInstalledVoices() | Where-Object Enabled | ' +
    'ForEach-Object { $_.VoiceInfo.Name + [char]9 + $_.VoiceInfo.Culture.Name }',
].join('; ');

function windowsSpeech(renders: boolean): VoiceProgram {
  return {
    name: 'Windows speech',
    command: 'powershell.exe',
    probe: [...POWERSHELL, 'exit 0'],
    renders,
    // System.Speech knows rates from −10 (a third) to 10 (three times); no pitch without SSML.
    arguments: ({ rate }, voice) => [
      ...POWERSHELL,
      powershell(within(10 * (Math.log(rate) / Math.log(3)), -10, 10), voice, renders),
    ],
    input: (sentence) => sentence,
    voiceList: { arguments: [...POWERSHELL, WINDOWS_VOICES], read: readWindowsVoices },
  };
}

export function readWindowsVoices(output: string): readonly SystemVoice[] {
  return output.split(/\r?\n/).flatMap((line) => {
    const [name = '', language = ''] = line.split('\t');
    return isVoiceName(name) ? [{ name, title: name, ...(language !== '' && { language }) }] : [];
  });
}

/** The programs of a platform, the best first. */
export function voicePrograms(platform: NodeJS.Platform, canPlay: boolean): readonly VoiceProgram[] {
  const ways = canPlay ? [true, false] : [false];
  if (platform === 'darwin') return ways.map(macosSay);
  if (platform === 'win32') return ways.map(windowsSpeech);
  const espeaks = ['espeak-ng', 'espeak'];
  const rendering = canPlay ? espeaks.map((command) => espeak(command, true)) : [];
  return [...rendering, SPEECH_DISPATCHER, ...espeaks.map((command) => espeak(command, false))];
}

/** A name of a voice that no program can take for an option. */
export function isVoiceName(name: string): boolean {
  return /^[\p{L}\p{N}][\p{L}\p{N} ()+._-]{0,99}$/u.test(name);
}
