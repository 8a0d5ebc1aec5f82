import { useId, type ReactNode } from 'react';
import { Toggle } from '../components/controls.tsx';

interface SettingRowProps {
  readonly label: string;
  readonly detail?: string;
  /** A sign before the name. */
  readonly icon?: ReactNode;
  /** Draws the control; `labelId` names the label. */
  readonly children: (labelId: string) => ReactNode;
}

/** One thing that can be set: its name and what it means at the left, the control at the right. */
export function SettingRow({ label, detail, icon, children }: SettingRowProps) {
  const id = useId();
  return (
    <div className="setting">
      <div className="setting-words">
        {icon === undefined ? (
          <p id={id}>{label}</p>
        ) : (
          <p className="setting-signed">
            {icon}
            <span id={id}>{label}</span>
          </p>
        )}
        {detail !== undefined && <p className="small second">{detail}</p>}
      </div>
      <div className="setting-control">{children(id)}</div>
    </div>
  );
}

interface ToggleRowProps {
  readonly label: string;
  readonly detail?: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function ToggleRow({ label, detail, ...toggle }: ToggleRowProps) {
  return (
    <SettingRow label={label} {...(detail === undefined ? {} : { detail })}>
      {(id) => <Toggle labelledBy={id} {...toggle} />}
    </SettingRow>
  );
}
