import { useAppState } from '../shell/app-context.tsx';
import { useText } from '../text/text-context.tsx';

/** How loud it is now: a bar on the ear's scale, −60 dB to full. */
export function LevelMeter({ labelledBy }: { readonly labelledBy: string }) {
  const { formats } = useText();
  const level = useAppState((state) => state.level);
  const height = Math.min(1, Math.max(0, 1 + (20 * Math.log10(Math.max(level, 1e-6))) / 60));
  const percent = Math.round(height * 100);
  return (
    <div
      className="meter"
      role="meter"
      aria-labelledby={labelledBy}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={formats.percent(height)}
      style={{ '--level': String(height) }}
    >
      <span />
    </div>
  );
}
