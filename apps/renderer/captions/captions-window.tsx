import { chunkEndSeconds, settingsSchema } from '#protocol';
import { IconButton } from '../components/button.tsx';
import { SoundSign } from '../icons/icon.tsx';
import { useApp, useAppState } from '../shell/app-context.tsx';
import { useSettings } from '../settings/use-settings.ts';
import { isListening } from '../store/app-state.ts';
import { soundName } from '../text/sound-names.ts';
import { useText } from '../text/text-context.tsx';
import { captionText, type CaptionPiece } from './caption-text.ts';
import './captions.css';

const CONTRASTS = settingsSchema.shape.captions.unwrap().shape.contrast.unwrap().options;
const SIZE_STEP = 20;

/** Two lines of what is said now, over everything else. Controls appear on hover, and not at all while it is locked. */
export function CaptionsWindow() {
  const { t } = useText();
  const [{ captions }] = useSettings();
  const host = useAppState((state) => state.host);
  const connection = useAppState((state) => state.connection);
  const timeline = useAppState((state) => state.live.timeline);
  const lastChunk = useAppState((state) => state.pulse.cells.at(-1)?.chunk);
  const nowSeconds = Math.max(timeline.nowSeconds, lastChunk === undefined ? 0 : chunkEndSeconds(lastChunk));
  const { original, translated } = captionText(timeline.moments, nowSeconds);
  const both = translated.length > 0;
  const idle =
    connection !== 'open' ? t('notice.connection-lost') : isListening(host) ? undefined : t('captions.idle');
  return (
    <main
      className="captions"
      aria-label={t('captions.window')}
      data-contrast={captions.contrast}
      data-locked={captions.locked}
      style={{ fontSize: `${captions.textScalePercent / 100}rem` }}
    >
      <h1 className="unseen">{t('captions.window')}</h1>
      {idle !== undefined && original.length === 0 ? (
        <p className="caption-idle">{idle}</p>
      ) : (
        <div className="caption-box" data-both={both}>
          <CaptionLines pieces={original} />
          {both && <CaptionLines pieces={translated} second />}
        </div>
      )}
      {!captions.locked && <CaptionControls />}
    </main>
  );
}

function CaptionLines({
  pieces,
  second = false,
}: {
  readonly pieces: readonly CaptionPiece[];
  readonly second?: boolean;
}) {
  const { t } = useText();
  return (
    <div className="caption-lines" data-second={second}>
      <p>
        {pieces.map((piece) =>
          piece.kind === 'words' ? (
            <span key={piece.key} lang={piece.language}>
              {piece.settled}
              {piece.tentative !== '' && <span className="caption-tentative">{piece.tentative}</span>}{' '}
            </span>
          ) : (
            <span key={piece.key} className="caption-sound">
              <SoundSign label={piece.label} />
              {soundName(t, piece.label)}{' '}
            </span>
          ),
        )}
      </p>
    </div>
  );
}

function CaptionControls() {
  const { t } = useText();
  const { door } = useApp();
  const [{ captions }, change] = useSettings();
  const set = (part: Partial<typeof captions>) =>
    change((present) => ({ ...present, captions: { ...present.captions, ...part } }));
  const resize = (by: number) =>
    set({ textScalePercent: Math.min(400, Math.max(80, captions.textScalePercent + by)) });
  const nextContrast = CONTRASTS[(CONTRASTS.indexOf(captions.contrast) + 1) % CONTRASTS.length];
  return (
    <div className="caption-controls">
      <IconButton icon="minus" label={t('captions.smaller')} onClick={() => resize(-SIZE_STEP)} />
      <IconButton icon="plus" label={t('captions.larger')} onClick={() => resize(SIZE_STEP)} />
      <IconButton
        icon="appearance"
        label={t('captions.next-contrast')}
        onClick={() => nextContrast && set({ contrast: nextContrast })}
      />
      {door.desktop && (
        <>
          <IconButton
            icon="lock"
            label={t('captions.lock')}
            onClick={() => {
              set({ locked: true });
              void door.desktop?.desktop('captions.lock', { locked: true });
            }}
          />
          <IconButton
            icon="close"
            label={t('captions.hide')}
            onClick={() => void door.desktop?.desktop('captions.hide', {})}
          />
        </>
      )}
    </div>
  );
}
