import type { ComponentProps, ReactNode } from 'react';
import { Tooltip } from 'radix-ui';
import { Icon } from '../icons/icon.tsx';
import type { GeneralIcon } from '../icons/general-paths.ts';

interface ButtonProps extends ComponentProps<'button'> {
  readonly tone?: 'plain' | 'primary' | 'quiet' | 'danger' | 'danger-fill';
  readonly icon?: GeneralIcon;
}

/** A button with a word on it. */
export function Button({ tone = 'plain', icon, children, ...rest }: ButtonProps) {
  return (
    <button type="button" className="button" data-tone={tone} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

interface IconButtonProps extends ComponentProps<'button'> {
  readonly icon: GeneralIcon;
  /** Its name, spoken and shown on hover. */
  readonly label: string;
  readonly keys?: string;
}

/** A button that is a sign; its name shows on hover and focus. */
export function IconButton({ icon, label, keys, className = '', ...rest }: IconButtonProps) {
  return (
    <Hint text={label} {...(keys === undefined ? {} : { keys })}>
      <button type="button" className={`icon-button ${className}`} aria-label={label} {...rest}>
        <Icon name={icon} />
      </button>
    </Hint>
  );
}

/** A short text beside what it explains, on hover and focus. */
export function Hint({
  text,
  keys,
  children,
}: {
  readonly text: string;
  readonly keys?: string;
  readonly children: ReactNode;
}) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className="tooltip" sideOffset={6} collisionPadding={8}>
          {text} {keys !== undefined && <kbd>{keys}</kbd>}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
