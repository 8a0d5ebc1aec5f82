import { useRef, useState, type SubmitEvent } from 'react';
import type { DoorAnswer } from '#protocol';
import { Button } from '../components/button.tsx';
import { DialogFrame } from '../components/dialog.tsx';
import { Icon, SoundSign } from '../icons/icon.tsx';
import { useApp, useAppState } from '../shell/app-context.tsx';
import type { AskTarget } from '../store/app-state.ts';
import { problemOf } from '../store/problem.ts';
import { soundName } from '../text/sound-names.ts';
import { useText } from '../text/text-context.tsx';
import './ask.css';

type Progress =
  | { readonly state: 'writing' | 'waiting' }
  | { readonly state: 'answered'; readonly answer: DoorAnswer }
  | { readonly state: 'failed'; readonly message: string };

/** Questions that can always be asked, to choose from. The assistant understands English, whatever the window speaks. */
const EXAMPLES = ['ask.example-missed', 'ask.example-summary', 'ask.example-sound'] as const;

/** A question about what was heard, and its answer with the moments that it is drawn from. */
export function AskDialog({ target }: { readonly target: AskTarget }) {
  const { t } = useText();
  const { show, library } = useApp();
  const everywhere = useAppState((state) => state.settings?.assistant.acrossSessions === true);
  const [question, setQuestion] = useState('');
  const [progress, setProgress] = useState<Progress>({ state: 'writing' });
  const field = useRef<HTMLInputElement>(null);
  const waiting = progress.state === 'waiting';
  const ask = async (words: string) => {
    const asked = words.trim();
    if (asked === '' || waiting) return;
    setQuestion(asked);
    setProgress({ state: 'waiting' });
    try {
      setProgress({ state: 'answered', answer: await library.ask(asked, target.session?.id) });
    } catch (error) {
      setProgress({ state: 'failed', message: problemOf(error).message });
    }
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void ask(question);
  };
  const scope = target.session
    ? t('ask.scope-session', { title: target.session.title })
    : t(everywhere ? 'ask.scope-all' : 'ask.scope-newest');
  return (
    <DialogFrame title={t('ask.title')} words={scope} first={field} onClose={() => show.showAsk(undefined)}>
      <form className="ask-form" onSubmit={submit}>
        <input
          ref={field}
          className="field"
          aria-label={t('ask.question')}
          placeholder={t('ask.placeholder')}
          autoComplete="off"
          maxLength={500}
          value={question}
          onChange={(event) => setQuestion(event.target.value)}
        />
        <Button type="submit" tone="primary" disabled={waiting || question.trim() === ''}>
          {t('ask.ask')}
        </Button>
      </form>
      {progress.state === 'writing' && (
        <ul className="ask-examples" aria-label={t('ask.examples')}>
          {EXAMPLES.map((key) => (
            <li key={key}>
              <Button lang="en" onClick={() => void ask(t(key))}>
                {t(key)}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <div className="ask-result" role="status">
        {waiting && <p className="second">{t('ask.waiting')}</p>}
        {progress.state === 'failed' && (
          <p className="ask-failed">
            <Icon name="warning" />
            {progress.message === '' ? t('ask.failed') : progress.message}
          </p>
        )}
        {progress.state === 'answered' && (
          <Answer answer={progress.answer} named={target.session === undefined} />
        )}
      </div>
    </DialogFrame>
  );
}

interface AnswerProps {
  readonly answer: DoorAnswer;
  /** Whether it is told which session was looked through. */
  readonly named: boolean;
}

function Answer({ answer, named }: AnswerProps) {
  const { t } = useText();
  const { text, sources, session } = answer;
  return (
    <>
      <p className="ask-answer">{text}</p>
      {session && named && <p className="small second">{t('ask.from-session', { title: session.title })}</p>}
      {sources.length > 0 && (
        <ul className="ask-sources" aria-label={t('ask.sources')}>
          {sources.map((source) => (
            <li key={`${source.sessionId}-${source.kind}-${source.startSeconds}`}>
              <Source source={source} named={session === undefined} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

interface SourceProps {
  readonly source: DoorAnswer['sources'][number];
  /** Whether its session is told as well. */
  readonly named: boolean;
}

/** A moment of an answer; it leads there. */
function Source({ source, named }: SourceProps) {
  const { t, formats } = useText();
  const { library, show } = useApp();
  const { sessionId, sessionTitle, kind, startSeconds, text } = source;
  const label = text.replaceAll(' ', '_');
  return (
    <button
      type="button"
      className="hit"
      onClick={() => {
        show.showAsk(undefined);
        void library.open(sessionId, startSeconds);
      }}
    >
      <span className="hit-time small time">{formats.stream(startSeconds)}</span>
      {kind === 'sound' ? <SoundSign label={label} /> : <Icon name="transcribe" />}
      <span className="hit-text">
        {kind === 'sound' ? soundName(t, label) : text}
        {named && <span className="small second ask-where"> {sessionTitle}</span>}
      </span>
    </button>
  );
}
