import { DropdownMenu } from 'radix-ui';
import type { SourceKind } from '../actions/listening.ts';
import { Icon } from '../icons/icon.tsx';
import { useApp, useAppState } from '../shell/app-context.tsx';
import { isListening } from '../store/app-state.ts';
import { useText } from '../text/text-context.tsx';

/** From where sound comes, and what else there is to listen to. */
export function SourceMenu() {
  const { t } = useText();
  const { listening, keeping } = useApp();
  const host = useAppState((state) => state.host);
  const abilities = useAppState((state) => state.info?.abilities);
  const devices = useAppState((state) => state.devices) ?? [];
  const platform = useAppState((state) => state.info?.platform);
  const settings = useAppState((state) => state.settings);
  const present = host.sourceLabel ?? settings?.microphone ?? t('source.default');

  const listenTo = async (kind: SourceKind) => {
    if (isListening(host)) await listening.stop();
    await listening.start(kind);
  };
  const chooseMicrophone = async (name: string | undefined) => {
    await keeping.changeSettings(({ microphone: _, ...rest }) => ({
      ...rest,
      ...(name === undefined ? {} : { microphone: name }),
    }));
    await listenTo('host-microphone');
  };
  /** What is heard now, else what would be heard. */
  const current = isListening(host) ? host.sourceLabel : (settings?.microphone ?? t('source.default'));
  const item = (key: string, label: string, icon: 'microphone' | 'screen', onSelect: () => void) => (
    <DropdownMenu.CheckboxItem
      key={key}
      className="menu-item"
      checked={label === current}
      onSelect={onSelect}
    >
      <Icon name={icon} />
      <span className="menu-item-text">{label}</span>
      <DropdownMenu.ItemIndicator className="menu-check">
        <Icon name="check" />
      </DropdownMenu.ItemIndicator>
    </DropdownMenu.CheckboxItem>
  );

  return (
    <DropdownMenu.Root modal={false} onOpenChange={(open) => open && void keeping.refreshDevices()}>
      <DropdownMenu.Trigger
        className="pulse-source small"
        aria-label={t('source.choose', { source: present })}
      >
        <Icon name="microphone" />
        <span>{present}</span>
        <Icon name="chevron-down" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Content className="menu" side="top" align="start" sideOffset={8} collisionPadding={8}>
        {abilities?.nativeMicrophone === true ? (
          <>
            {item('default', t('source.default'), 'microphone', () => void chooseMicrophone(undefined))}
            {devices.map(({ id, name }) => item(id, name, 'microphone', () => void chooseMicrophone(name)))}
          </>
        ) : (
          item('browser', t('source.browser'), 'microphone', () => void listenTo('microphone'))
        )}
        {abilities?.systemAudio === false && (
          <>
            <DropdownMenu.Separator className="menu-separator" />
            <DropdownMenu.Item className="menu-item menu-note small" disabled>
              {t(platform === 'linux' ? 'settings.no-system-audio-linux' : 'settings.no-system-audio')}
            </DropdownMenu.Item>
          </>
        )}
        {abilities?.systemAudio === true && (
          <>
            <DropdownMenu.Separator className="menu-separator" />
            {item('system', t('source.system'), 'screen', () => void listenTo('system'))}
            {item('both', t('source.both'), 'screen', () => void listenTo('microphone-and-system'))}
          </>
        )}
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}
