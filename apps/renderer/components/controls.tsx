import { DropdownMenu, Progress, RadioGroup, Slider, Switch } from 'radix-ui';
import { Icon } from '../icons/icon.tsx';

interface ToggleProps {
  readonly id?: string;
  readonly labelledBy: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function Toggle({ labelledBy, checked, disabled = false, onChange }: ToggleProps) {
  return (
    <Switch.Root
      className="switch"
      aria-labelledby={labelledBy}
      checked={checked}
      disabled={disabled}
      onCheckedChange={onChange}
    >
      <Switch.Thumb className="switch-thumb" />
    </Switch.Root>
  );
}

interface RangeProps {
  readonly labelledBy: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly valueText: string;
  readonly onChange: (value: number) => void;
}

export function Range({ labelledBy, value, min, max, step, valueText, onChange }: RangeProps) {
  return (
    <Slider.Root
      className="slider"
      value={[value]}
      min={min}
      max={max}
      step={step}
      onValueChange={([next]) => next !== undefined && onChange(next)}
    >
      <Slider.Track className="slider-track">
        <Slider.Range className="slider-range" />
      </Slider.Track>
      <Slider.Thumb className="slider-thumb" aria-labelledby={labelledBy} aria-valuetext={valueText} />
    </Slider.Root>
  );
}

export interface Option<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly detail?: string;
}

interface OneOfProps<Value extends string> {
  readonly labelledBy: string;
  readonly value: Value;
  readonly options: readonly Option<Value>[];
  readonly onChange: (value: Value) => void;
  readonly disabled?: boolean;
  /** As wide as its words. */
  readonly compact?: boolean;
}

/** One of a few, all of them in sight. */
export function Segments<Value extends string>({ labelledBy, value, options, onChange }: OneOfProps<Value>) {
  const choose = (wanted: string) => {
    const option = options.find((candidate) => candidate.value === wanted);
    if (option) onChange(option.value);
  };
  return (
    <RadioGroup.Root
      className="segments"
      aria-labelledby={labelledBy}
      value={value}
      onValueChange={choose}
      orientation="horizontal"
    >
      {options.map((option) => (
        <RadioGroup.Item key={option.value} value={option.value} className="segment">
          {option.label}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}

/** One of many, behind a button that shows the present one. */
export function Choice<Value extends string>({
  labelledBy,
  value,
  options,
  onChange,
  disabled = false,
  compact = false,
}: OneOfProps<Value>) {
  const present = options.find((option) => option.value === value);
  const choose = (wanted: string) => {
    const option = options.find((candidate) => candidate.value === wanted);
    if (option) onChange(option.value);
  };
  const valueId = `${labelledBy}-value`;
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        className="button choice"
        aria-labelledby={`${labelledBy} ${valueId}`}
        disabled={disabled}
        data-compact={compact}
      >
        <span id={valueId}>{present?.label ?? value}</span>
        <Icon name="chevron-down" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="start" sideOffset={4} collisionPadding={8}>
          <DropdownMenu.RadioGroup value={value} onValueChange={choose}>
            {options.map((option) => (
              <DropdownMenu.RadioItem key={option.value} value={option.value} className="menu-item">
                <span className="menu-check">
                  <DropdownMenu.ItemIndicator>
                    <Icon name="check" />
                  </DropdownMenu.ItemIndicator>
                </span>
                <span className="menu-item-text">
                  {option.label}
                  {option.detail !== undefined && <span className="small second"> {option.detail}</span>}
                </span>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** How far something is; `fraction` undefined while nobody knows. */
export function ProgressBar({
  label,
  fraction,
}: {
  readonly label: string;
  readonly fraction: number | undefined;
}) {
  const percent = fraction === undefined ? null : Math.round(Math.min(1, Math.max(0, fraction)) * 100);
  return (
    <Progress.Root className="progress" aria-label={label} value={percent} max={100}>
      <Progress.Indicator
        className="progress-done"
        style={percent === null ? {} : { width: `${percent}%` }}
      />
    </Progress.Root>
  );
}
