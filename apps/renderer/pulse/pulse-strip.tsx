import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { LANES, chunkEndSeconds, chunkStartSeconds, type Lane } from '#protocol';
import { useApp, useAppState } from '../shell/app-context.tsx';
import { useThemeVersion } from '../shell/appearance.ts';
import { PULSE_CELLS, type PulseCell } from '../store/pulse.ts';
import { streamTimes } from '../stream/stream-times.ts';
import { useText } from '../text/text-context.tsx';
import { drawPulse, slotOf, type PulseColours } from './draw-pulse.ts';

/** The last 60 s of decisions. The pointer or the arrow keys name one; a click or Enter goes to its moment. */
export function PulseStrip() {
  const { t, formats } = useText();
  const { show } = useApp();
  const { cells } = useAppState((state) => state.pulse);
  const startedAtMs = useAppState((state) => state.host.startedAtMs);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(canvas);
  const theme = useThemeVersion();
  const [cursor, setCursor] = useState<number>();
  const cellAt = (slot: number | undefined): PulseCell | undefined =>
    slot === undefined ? undefined : cells[slot - (PULSE_CELLS - cells.length)];

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    const pixelRatio = window.devicePixelRatio;
    const width = Math.round(size.width * pixelRatio);
    const height = Math.round(size.height * pixelRatio);
    if (element.width !== width) element.width = width;
    if (element.height !== height) element.height = height;
    drawPulse(context, { cells, width, height, colours: coloursOf(element), cursor, pixelRatio });
  }, [cells, cursor, size, theme]);

  const point = (event: PointerEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const slot = Math.floor(((event.clientX - left) / width) * PULSE_CELLS);
    setCursor(Math.min(PULSE_CELLS - 1, Math.max(0, slot)));
  };
  const go = (slot: number | undefined) => {
    const cell = cellAt(slot);
    if (!cell) return;
    show.go({ name: 'now' });
    show.jumpTo(chunkStartSeconds(cell.chunk));
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    const first = slotOf(cells, 0);
    if (step !== undefined) {
      event.preventDefault();
      setCursor((slot) => Math.min(PULSE_CELLS - 1, Math.max(first, (slot ?? PULSE_CELLS - 1) + step)));
    } else if (event.key === 'Enter') go(cursor);
  };

  const cell = cellAt(cursor);
  const times = streamTimes(formats, startedAtMs);
  const described =
    cell &&
    describe(cell, (lane) => t(`lane.${lane}`), {
      silent: t('pulse.silent'),
      respond: t('pulse.respond'),
      leftOut: t('pulse.left-out'),
    });
  return (
    <div className="pulse-strip">
      <div
        className="pulse-slider"
        role="slider"
        tabIndex={0}
        aria-label={t('pulse.label')}
        aria-valuemin={0}
        aria-valuemax={PULSE_CELLS - 1}
        aria-valuenow={cursor ?? PULSE_CELLS - 1}
        aria-valuetext={
          cell && described
            ? `${times.exact(chunkEndSeconds(cell.chunk))} ${described.map(({ text }) => text).join(', ')}`
            : t('pulse.none')
        }
        onPointerMove={point}
        onPointerLeave={() => setCursor(undefined)}
        onBlur={() => setCursor(undefined)}
        onClick={() => go(cursor)}
        onKeyDown={press}
      >
        <canvas ref={canvas} className="pulse-canvas" aria-hidden="true" />
      </div>
      {cell && described && cursor !== undefined && (
        <div className="pulse-card" aria-hidden="true" style={{ '--at': `${(cursor + 0.5) / PULSE_CELLS}` }}>
          <span className="time pulse-card-time">{times.exact(chunkEndSeconds(cell.chunk))}</span>
          <ul>
            {described.map(({ lane, name, respond, words }) => (
              <li key={lane} data-lane={lane} data-respond={respond}>
                <i />
                <span>{name}</span>
                <span className="pulse-card-why">{words}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

function describe(
  cell: PulseCell,
  nameOf: (lane: Lane) => string,
  choices: Readonly<Record<'silent' | 'respond' | 'leftOut', string>>,
) {
  return LANES.flatMap((lane) => {
    const decision = cell.decisions[lane];
    if (!decision) return [];
    const choice = choices[decision.leftOut ? 'leftOut' : decision.respond ? 'respond' : 'silent'];
    const words = decision.reason === undefined ? choice : `${choice} · ${decision.reason}`;
    const name = nameOf(lane);
    return [{ lane, name, respond: decision.respond, words, text: `${name}: ${words}` }];
  });
}

function coloursOf(element: HTMLElement): PulseColours {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name);
  return {
    lanes: {
      transcribe: colour('--lane-transcribe'),
      translate: colour('--lane-translate'),
      sounds: colour('--lane-sounds'),
      assist: colour('--lane-assist'),
    },
    rest: colour('--lane-rest'),
    level: colour('--lane-level'),
    cursor: style.color,
  };
}

function useSize(element: React.RefObject<HTMLElement | null>): {
  readonly width: number;
  readonly height: number;
} {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return size;
}
