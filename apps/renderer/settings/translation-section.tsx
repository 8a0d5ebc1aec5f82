import { useState } from 'react';
import type { GlossaryTerm } from '#protocol';
import { Button, IconButton } from '../components/button.tsx';
import { Choice } from '../components/controls.tsx';
import { useApp, useAppState } from '../shell/app-context.tsx';
import { useText } from '../text/text-context.tsx';
import { LaneRow } from './lane-row.tsx';
import { ModelEntry } from './models-section.tsx';
import { SettingRow, ToggleRow } from './setting-row.tsx';
import { useSettings } from './use-settings.ts';

/** Languages to read, for which packages that translate from English are published. */
const TARGETS = [
  'ar',
  'cs',
  'da',
  'de',
  'es',
  'fi',
  'fr',
  'hi',
  'hu',
  'id',
  'it',
  'nl',
  'ro',
  'ru',
  'sv',
  'uk',
  'vi',
  'zh',
] as const;

/** Into which language each line is put, by which package, and which words are kept. */
export function TranslationSection() {
  const { t, formats } = useText();
  const [settings, change] = useSettings();
  const { translation, engine } = settings;
  const { target } = translation;
  const set = (part: Partial<typeof translation>) =>
    change((present) => ({ ...present, translation: { ...present.translation, ...part } }));
  const targets = [...new Set([...TARGETS, target])]
    .map((value) => ({ value, label: formats.languageName(value) }))
    .sort((a, b) => a.label.localeCompare(b.label));
  return (
    <>
      <LaneRow lane="translate" label={t('translation.on')} />
      <SettingRow label={t('translation.target')} detail={t('translation.target-detail')}>
        {(id) => (
          <Choice
            labelledBy={id}
            value={target}
            options={targets}
            onChange={(value) =>
              change((present) => {
                // A package of other languages would not serve.
                const { package: _, ...rest } = present.translation;
                return { ...present, translation: { ...rest, target: value } };
              })
            }
          />
        )}
      </SettingRow>
      {engine === 'embedded' && <Packages target={target} />}
      <ToggleRow
        label={t('translation.llm')}
        detail={t(settings.llm.address === undefined ? 'translation.llm-none' : 'translation.llm-detail')}
        checked={translation.throughLanguageModel}
        disabled={settings.llm.address === undefined && !translation.throughLanguageModel}
        onChange={(throughLanguageModel) => set({ throughLanguageModel })}
      />
      <h3 className="settings-group">{t('translation.glossary')}</h3>
      <Glossary terms={translation.glossary} onChange={(glossary) => set({ glossary })} />
    </>
  );
}

/** The packages for a language that are known here, or the one that can be fetched. */
function Packages({ target }: { readonly target: string }) {
  const models = useAppState((state) => state.models);
  const suitable = models.filter(({ name }) => name.endsWith(`-en-${target}`));
  if (suitable.length === 0) return <FetchPackage target={target} />;
  return (
    <ul className="models">
      {suitable.map((model) => (
        <ModelEntry key={model.name} model={model} />
      ))}
    </ul>
  );
}

/** A package for a language that is not here yet, by the name under which such packages are published. */
function FetchPackage({ target }: { readonly target: string }) {
  const { t, formats } = useText();
  const { keeping } = useApp();
  const [{ translation }] = useSettings();
  const host = URL.canParse(translation.hub) ? new URL(translation.hub).host : translation.hub;
  return (
    <ul className="models">
      <li className="model" data-state="missing">
        <div className="model-head">
          <p className="model-title">
            {t('translation.fetch-title', { language: formats.languageName(target) })}
          </p>
          <Button tone="primary" onClick={() => void keeping.installModel(`opus-mt-en-${target}`)}>
            {t('models.install')}
          </Button>
        </div>
        <p className="model-state small">{t('translation.fetch-detail', { host })}</p>
      </li>
    </ul>
  );
}

interface GlossaryProps {
  readonly terms: readonly GlossaryTerm[];
  readonly onChange: (terms: GlossaryTerm[]) => void;
}

const MAX_TERMS = 500;

/** Names and words that a translation must hold. */
function Glossary({ terms, onChange }: GlossaryProps) {
  const { t } = useText();
  const [source, setSource] = useState('');
  const [target, setTarget] = useState('');
  const said = source.trim();
  const add = () => {
    if (said === '') return;
    const others = terms.filter((term) => term.source !== said);
    onChange([...others, { source: said, ...(target.trim() === '' ? {} : { target: target.trim() }) }]);
    setSource('');
    setTarget('');
  };
  return (
    <>
      <p className="second small setting-note">{t('translation.glossary-detail')}</p>
      {terms.length > 0 && (
        <ul className="glossary">
          {terms.map((term) => (
            <li key={term.source} className="glossary-term">
              <span>{term.source}</span>
              <span className="second">{term.target ?? t('translation.as-it-is')}</span>
              <IconButton
                icon="close"
                label={t('translation.forget', { word: term.source })}
                onClick={() => onChange(terms.filter((other) => other !== term))}
              />
            </li>
          ))}
        </ul>
      )}
      <form
        className="glossary-new"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <WordField label={t('translation.said')} value={source} onChange={setSource} />
        <WordField label={t('translation.written')} value={target} onChange={setTarget} />
        <Button type="submit" icon="plus" disabled={said === '' || terms.length >= MAX_TERMS}>
          {t('translation.add')}
        </Button>
      </form>
    </>
  );
}

function WordField({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <input
      className="field"
      aria-label={label}
      placeholder={label}
      maxLength={100}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
