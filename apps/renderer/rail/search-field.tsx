import { Icon } from '../icons/icon.tsx';
import { IconButton } from '../components/button.tsx';
import { useApp, useAppState } from '../shell/app-context.tsx';
import { useText } from '../text/text-context.tsx';

export const SEARCH_FIELD_ID = 'search-field';

/** Searches everything that was ever heard; the hits take the centre of the window. */
export function SearchField() {
  const { t } = useText();
  const { library, show } = useApp();
  const text = useAppState((state) => state.search.text);
  const clear = () => {
    library.search('');
    show.leave();
  };
  return (
    <search className="search-field">
      <Icon name="search" />
      <input
        id={SEARCH_FIELD_ID}
        className="field"
        type="text"
        aria-label={t('search.label')}
        placeholder={t('search.placeholder')}
        value={text}
        maxLength={500}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => library.search(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && text.trim() !== '') show.go({ name: 'search' });
        }}
      />
      {text !== '' && <IconButton icon="close" label={t('search.clear')} onClick={clear} />}
    </search>
  );
}
