import { isOurs } from './origin.ts';

/** A page's wish to use something, in the terms of Electron's two permission handlers. */
export interface PermissionWish {
  readonly permission: string;
  readonly origin: string | undefined;
  /** What of `media` is wanted; both handlers name it differently. */
  readonly mediaTypes: readonly string[];
}

/**
 * The microphone, the system's sound when the person asked for it, and putting text on the clipboard; no camera,
 * no place, nothing else, and nothing for a page that is not ours. Pictures are allowed for `display-capture`
 * alone: the platforms hand out the system's sound only together with a screen, whose pictures nobody reads.
 */
export function mayUse({ permission, origin, mediaTypes }: PermissionWish): boolean {
  if (!isOurs(origin)) return false;
  switch (permission) {
    case 'media':
      return mediaTypes.length > 0 && mediaTypes.every((type) => type === 'audio');
    case 'display-capture':
    case 'clipboard-sanitized-write':
      return true;
    default:
      return false;
  }
}
