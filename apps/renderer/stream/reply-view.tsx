import { Button } from '../components/button.tsx';
import { Icon } from '../icons/icon.tsx';
import { useApp, useAppState } from '../shell/app-context.tsx';
import { replyAloud, type AppState } from '../store/app-state.ts';
import { isSpeaking, type ReplyMoment } from '../store/moment.ts';
import type { Translate } from '../text/catalogue.ts';
import { soundName } from '../text/sound-names.ts';
import { useText } from '../text/text-context.tsx';
import type { StreamTimes } from './stream-times.ts';

/** Words of a line that a reason quotes, at most. */
const QUOTED = 60;
/** Moments that a reply leads to, at most. */
const LINKS = 4;

/** What the assistant said, with its reason in one short line. */
export function ReplyView({ moment, times }: { readonly moment: ReplyMoment; readonly times: StreamTimes }) {
  const { t } = useText();
  const { reply, interrupted } = moment;
  const { listening, show } = useApp();
  const control = useAppState((state) => state.info?.abilities.control !== false);
  const aloud = useAppState((state) => isOfRunningSession(state) && replyAloud(state) === reply.id);
  const speaking = aloud || isSpeaking(moment);
  return (
    <div className="reply" data-urgent={reply.emotion === 'urgent'}>
      <p className="reply-reason small">
        <Icon name={reply.emotion === 'urgent' ? 'warning' : 'reply'} />
        <span>{replyReason(t, times, moment)}</span>
      </p>
      <p className="reply-words">
        {reply.text}
        {interrupted && <span aria-hidden="true"> …</span>}
      </p>
      {!speaking && reply.links !== undefined && reply.links.length > 0 && (
        <p className="reply-links small">
          <span>{t('reply.from')}</span>
          {reply.links.slice(0, LINKS).map(({ kind, of, start }) => (
            <button
              key={`${kind}-${of}`}
              type="button"
              className="reply-link time"
              aria-label={t('reply.go', { time: times.exact(start) })}
              onClick={() => show.jumpTo(start)}
            >
              {times.exact(start)}
            </button>
          ))}
        </p>
      )}
      {speaking && (
        <p className="reply-state small">
          <span className="speaking" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {t('reply.speaking')}
          {control && (
            <Button
              className="button reply-stop"
              tone="quiet"
              icon="stop"
              onClick={() => void listening.stopReply()}
            >
              {t('reply.stop')}
              <kbd>{t('keys.escape')}</kbd>
            </Button>
          )}
        </p>
      )}
      {interrupted && (
        <p className="reply-state small">
          <Icon name="stop" />
          {t('reply.interrupted')}
        </p>
      )}
    </div>
  );
}

/** Whether the page shows what is heard now; numbers of replies are those of a session. */
function isOfRunningSession({ page, opened, live }: AppState): boolean {
  return page.name !== 'session' || opened?.sessionId === live.sessionId;
}

export function replyReason(t: Translate, times: StreamTimes, { reply, cause, at }: ReplyMoment): string {
  if (reply.trigger.kind === 'timer') return t('reply.timer', { time: times.exact(at) });
  if (!cause) return t('reply.unknown', { time: times.exact(at) });
  const time = times.exact(cause.at);
  if (cause.label !== undefined)
    return t('reply.sound', { sound: soundName(t, cause.label).toLocaleLowerCase(), time });
  const words = cause.words ?? '';
  return t('reply.words', {
    words: words.length > QUOTED ? `${words.slice(0, QUOTED).trimEnd()}…` : words,
    time,
  });
}
