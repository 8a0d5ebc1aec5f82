import 'react';

declare module 'react' {
  interface CSSProperties {
    /** Place of the card over the pulse, 0 … 1 of its width. */
    '--at'?: string;
    /** Loudness of a meter, 0 … 1. */
    '--level'?: string;
  }
}
