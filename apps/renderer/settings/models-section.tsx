import type { ModelInfo } from '#protocol';
import { Button } from '../components/button.tsx';
import { ProgressBar, Segments } from '../components/controls.tsx';
import { Confirm } from '../components/dialog.tsx';
import { Icon } from '../icons/icon.tsx';
import type { GeneralIcon } from '../icons/general-paths.ts';
import { useApp, useAppState } from '../shell/app-context.tsx';
import { useText } from '../text/text-context.tsx';
import { SettingRow } from './setting-row.tsx';
import { useSettings } from './use-settings.ts';

const ENGINES = ['embedded', 'audio-interaction'] as const;

/** The engine, and the packages that the engines need. */
export function ModelsSection() {
  const { t, formats } = useText();
  const [settings, change] = useSettings();
  const models = useAppState((state) => state.models);
  const onDisk = models.reduce((sum, { bytesOnDisk }) => sum + bytesOnDisk, 0);
  return (
    <>
      <SettingRow label={t('settings.engine')} detail={t(`engine.${settings.engine}-detail`)}>
        {(id) => (
          <Segments
            labelledBy={id}
            value={settings.engine}
            options={ENGINES.map((value) => ({ value, label: t(`engine.${value}`) }))}
            onChange={(engine) => change((present) => ({ ...present, engine }))}
          />
        )}
      </SettingRow>
      <h3 className="settings-group">{t('models.packages')}</h3>
      <ul className="models">
        {models.map((model) => (
          <ModelEntry key={model.name} model={model} />
        ))}
      </ul>
      {models.length === 0 && <p className="second">{t('models.none')}</p>}
      {models.length > 0 && (
        <p className="small second">{t('models.space', { size: formats.bytes(onDisk) })}</p>
      )}
    </>
  );
}

const STATE_SIGNS: Readonly<Record<ModelInfo['state'], GeneralIcon>> = {
  installed: 'check',
  missing: 'export',
  corrupt: 'warning',
  partial: 'pause',
  installing: 'export',
  verifying: 'search',
};

export function ModelEntry({ model }: { readonly model: ModelInfo }) {
  const { t, formats } = useText();
  const { state, progress } = model;
  const fraction = progress
    ? progress.doneBytes / Math.max(1, progress.totalBytes)
    : state === 'partial'
      ? model.bytesOnDisk / Math.max(1, model.bytesTotal)
      : undefined;
  const busy = state === 'installing' || state === 'verifying';
  const percent = formats.percent(fraction ?? 0);
  return (
    <li className="model" data-state={state}>
      <div className="model-head">
        <div>
          <p className="model-title">{model.title}</p>
          <p className="small second">
            {/* A package that is fetched by its name is unknown before it is here. */}
            {model.version !== '' &&
              t('models.facts', {
                version: model.version,
                size: formats.bytes(model.bytesTotal),
                license: model.license,
              })}
            {model.memoryBytes !== undefined &&
              ` · ${t('models.memory', { size: formats.bytes(model.memoryBytes) })}`}
          </p>
        </div>
        <ModelActions model={model} />
      </div>
      <p className="model-state small" role="status">
        <Icon name={STATE_SIGNS[state]} />
        {t(`models.${state}`, { percent, size: formats.bytes(model.bytesTotal) })}
        {model.removable === false && state === 'installed' && (
          <span className="second">· {t('models.bundled')}</span>
        )}
        {progress && busy && (
          <span className="time second">
            {formats.bytes(progress.doneBytes)} / {formats.bytes(progress.totalBytes)}
          </span>
        )}
      </p>
      {(busy || state === 'partial') && <ProgressBar label={model.title} fraction={fraction} />}
      {model.problem !== undefined && <p className="model-problem small">{model.problem}</p>}
    </li>
  );
}

function ModelActions({ model }: { readonly model: ModelInfo }) {
  const { t } = useText();
  const { keeping } = useApp();
  const { name, state } = model;
  const install = (key: 'models.install' | 'models.resume' | 'models.repair') => (
    <Button tone="primary" onClick={() => void keeping.installModel(name)}>
      {t(key)}
    </Button>
  );
  switch (state) {
    case 'missing':
      return install(model.problem === undefined ? 'models.install' : 'models.repair');
    case 'partial':
      return install('models.resume');
    case 'corrupt':
      return install('models.repair');
    case 'installing':
      return (
        <Button icon="pause" onClick={() => void keeping.pauseModel(name)}>
          {t('models.pause')}
        </Button>
      );
    case 'verifying':
      return null;
    case 'installed':
      return (
        <div className="model-actions">
          <Button onClick={() => void keeping.verifyModel(name)}>{t('models.verify')}</Button>
          {model.removable !== false && (
            <Confirm
              trigger={<Button tone="danger">{t('models.remove')}</Button>}
              title={t('models.remove-title', { title: model.title })}
              words={t('models.remove-words')}
              action={t('models.remove')}
              onConfirm={() => void keeping.removeModel(name)}
            />
          )}
        </div>
      );
  }
}
