import { eveningScript, type ScriptParts } from '../../assistant/evening.ts';
import { judge, type Verdict } from '../../assistant/judge.ts';
import { measureReplyTime } from '../../assistant/reply-time.ts';
import { hesitationsScript, otherHesitationsScript } from '../../assistant/hesitations.ts';
import { laterHesitationsScript } from '../../assistant/later-hesitations.ts';
import { meetingScript } from '../../assistant/meeting.ts';
import { scenarioOf, type Script } from '../../assistant/script.ts';
import { withVoices } from '../../assistant/voices.ts';
import { wordingsScript } from '../../assistant/wordings.ts';
import { singleBarks, withAlarms } from '../../sounds/scenes.ts';
import type { BenchContext } from '../bench-context.ts';
import { runEarshotWell } from '../earshot-run.ts';
import { fixed, table, type Check, type SectionReport } from '../report.ts';
import { writeStream } from '../stream-file.ts';

const RIGHT_SHARE = 0.9;
const TITLE = 'Assistant';
/** The last consonant of a request may be soft: a reply within it interrupts nobody. */
const SYLLABLE_SECONDS = 0.12;

/** A scripted evening and a scripted meeting through the real command. */
export async function measureAssistant(context: BenchContext): Promise<SectionReport> {
  const { dataFolder } = context;
  if (dataFolder === undefined) return { title: TITLE, body: ['The recordings are not here.'], checks: [] };
  const load = withVoices(withAlarms(context.loadClip));
  const own = { ...context, loadClip: load };
  const parts: ScriptParts = { dataFolder, barks: await singleBarks(dataFolder, load) };
  const body = [
    'Composed recordings, read as fast as possible: requests and half of the questions in made voices (Flite, espeak-ng), because no recording says the name; all other speech and sounds are recordings.',
  ];
  const checks: Check[] = [];
  for (const script of [eveningScript(parts), meetingScript(parts)]) {
    context.progress(`assistant: ${script.name}`);
    const { verdict, seconds } = await playScript(own, script);
    body.push(...describe(script.name, seconds, verdict));
    checks.push(...checksOf(script.name, verdict));
  }
  return { title: TITLE, body, checks };
}

/** Beyond the scripts: other words, other voices, and people who hesitate. */
export async function measureWordings(context: BenchContext): Promise<SectionReport> {
  const { dataFolder } = context;
  const title = 'Assistant: other words and hesitations';
  if (dataFolder === undefined) return { title, body: ['The recordings are not here.'], checks: [] };
  const load = withVoices(withAlarms(context.loadClip));
  const own = { ...context, loadClip: load };
  context.progress('assistant: other words, other voices');
  const others = await playScript(own, wordingsScript({ dataFolder, barks: [] }));
  context.progress('assistant: hesitations');
  const hesitating = await playScript(own, hesitationsScript(), ['--pace', 'live', '--sync']);
  const hesitatingToo = await playScript(own, otherHesitationsScript(), ['--pace', 'live', '--sync']);
  const hesitatingLater = await playScript(own, laterHesitationsScript(), ['--pace', 'live', '--sync']);
  return {
    title,
    body: [
      ...describeOthers(others),
      ...describe('hesitations', hesitating.seconds, hesitating.verdict),
      '20 requests with a pause of 0.3 s to 0.9 s in their middle, heard as from a microphone. The rules were made by these.',
      ...describe('other hesitations', hesitatingToo.seconds, hesitatingToo.verdict),
      '20 more in other words and voices, some with an “um”. They were written before the last rules and heard after them; “um”, “let me know” and “do you know” are in both.',
      ...describe('later hesitations', hesitatingLater.seconds, hesitatingLater.verdict),
      '20 more, two of the voices in no other script: written and rendered when the recogniser had begun to listen for the name.',
    ],
    checks: [
      hesitationCheck('a hesitation', hesitating.verdict),
      hesitationCheck('one in other words and voices', hesitatingToo.verdict),
      hesitationCheck('one in still other words and voices', hesitatingLater.verdict),
    ],
  };
}

/** How soon a reply begins: wants a machine that does nothing else. */
export async function measureReplies(context: BenchContext): Promise<SectionReport> {
  const title = 'Time to the first word of a reply';
  context.progress('assistant: time to the first word of a reply');
  const { body, check } = await measureReplyTime({ ...context, loadClip: withVoices(context.loadClip) });
  return { title, body: [body], checks: [check] };
}

/** Nobody is answered in the middle of a request, and everybody behind it. */
function hesitationCheck(name: string, { requests }: Verdict): Check {
  const early = requests.filter(({ afterSeconds = 0 }) => afterSeconds < -SYLLABLE_SECONDS).length;
  const once = requests.filter(({ replies }) => replies.length === 1).length;
  return {
    claim: `${name} in the middle of a request is not its end`,
    measured: `${early} of ${requests.length} answered in it, ${once} answered once`,
    holds: early === 0 && once >= RIGHT_SHARE * requests.length,
  };
}

interface Played {
  readonly verdict: Verdict;
  readonly seconds: number;
}

async function playScript(
  context: BenchContext,
  script: Script,
  flags: readonly string[] = [],
): Promise<Played> {
  const stream = await writeStream(context, scenarioOf(script));
  const run = await runEarshotWell(['listen', stream.path, '--json', '--no-keep', ...flags], context);
  const events = run.events.map(({ event }) => event);
  return {
    verdict: judge(script, stream.timeline, events),
    seconds: stream.samples.length / 16_000,
  };
}

function checksOf(name: string, { requests, questions, uncalledFor, wanted, unwanted }: Verdict): Check[] {
  const right = requests.filter((request) => request.right).length;
  const answered = requests.filter(({ replies }) => replies.length > 0).length;
  const said = wanted.filter((word) => word.said).length;
  return [
    {
      claim: `${name}: every request answered`,
      measured: `${answered} of ${requests.length}`,
      holds: answered === requests.length,
    },
    {
      claim: `${name}: answers right in 90 %`,
      measured: `${right} of ${requests.length}`,
      holds: right >= RIGHT_SHARE * requests.length,
    },
    {
      claim: `${name}: no question to somebody else answered`,
      measured: `${uncalledFor.length} of ${questions}`,
      holds: uncalledFor.length === 0,
    },
    {
      claim: `${name}: unasked only where the script wants it`,
      measured: `${said} of ${wanted.length} said, ${unwanted.length} others`,
      holds: said === wanted.length && unwanted.length === 0,
    },
  ];
}

/** Shown without a claim: how far the understanding reaches beyond the scripts. */
function describeOthers({ verdict, seconds }: Played): string[] {
  const { requests } = verdict;
  const answered = requests.filter(({ replies }) => replies.length > 0).length;
  const right = requests.filter((request) => request.right).length;
  return [
    ...describe('other words and voices', seconds, verdict),
    `${answered} of ${requests.length} answered, ${right} right. Three more voices (Flite's awb and kal16, espeak-ng's en-gb+f3), and wishes worded otherwise.`,
  ];
}

function describe(name: string, seconds: number, verdict: Verdict): string[] {
  const wrong = verdict.requests.filter(({ right }) => !right);
  const missed = verdict.wanted.filter(({ said }) => !said).map(({ label }) => label);
  const rows = wrong.map(({ text, heard, replies }) => [text, heard, replies.join(' / ') || '—']);
  return [
    `### The ${name}, ${fixed(seconds / 60)} minutes`,
    rows.length === 0
      ? 'Every request was answered right.'
      : table(['request', 'heard as', 'answered'], rows),
    `Answered although nobody asked: ${verdict.uncalledFor.join('; ') || 'nothing'}. Unasked, missed: ${missed.join(', ') || 'nothing'}; unwanted: ${verdict.unwanted.join('; ') || 'nothing'}.`,
  ];
}
