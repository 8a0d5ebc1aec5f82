import { GENERAL_PATHS, type GeneralIcon } from './general-paths.ts';
import { SOUND_PATHS, type SoundIcon } from './sound-paths.ts';

function Drawing({ path }: { readonly path: string }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={path} />
    </svg>
  );
}

/** A general sign. It never stands alone: the word or an accessible name is beside it. */
export function Icon({ name }: { readonly name: GeneralIcon }) {
  return <Drawing path={GENERAL_PATHS[name]} />;
}

/** The sign of a sound event; a label nobody has drawn yet gets the plain one. */
export function SoundSign({ label }: { readonly label: string }) {
  return <Drawing path={SOUND_PATHS[isDrawn(label) ? label : 'sound']} />;
}

function isDrawn(label: string): label is SoundIcon {
  return Object.hasOwn(SOUND_PATHS, label);
}

/** Earshot's mark: sound arrives at one cell of 0.4 s, which answers. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path className="mark-sound" d="M12.2 7.5a6.4 6.4 0 0 0 0 9 M8.4 3.8a11.6 11.6 0 0 0 0 16.4" />
      <rect className="mark-cell" x="15.5" y="8" width="4.5" height="8" rx="1.25" />
    </svg>
  );
}
