/**
 * Stands for the package `react-style-singleton`, which the scroll lock of dialogs brings along: that one writes a
 * `<style>` element, which a content security policy without `unsafe-inline` refuses. A constructed style sheet does the
 * same and is allowed. The build puts this file in its place.
 */
import { useEffect } from 'react';

export interface StyleSheetCounter {
  add(css: string): void;
  remove(): void;
}

/** One sheet, in force while anybody needs it. */
export function stylesheetSingleton(): StyleSheetCounter {
  let users = 0;
  const sheet = new CSSStyleSheet();
  return {
    add: (css) => {
      if (users === 0) {
        sheet.replaceSync(css);
        document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
      }
      users += 1;
    },
    remove: () => {
      users -= 1;
      if (users === 0)
        document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    },
  };
}

export function styleHookSingleton(): (styles: string, isDynamic?: boolean) => void {
  const sheet = stylesheetSingleton();
  return function useStyle(styles) {
    useEffect(() => {
      sheet.add(styles);
      return () => sheet.remove();
    }, [styles]);
  };
}

/** A component that adds its styles while it is shown. */
export function styleSingleton(): (props: { styles: string; dynamic?: boolean }) => null {
  const useStyle = styleHookSingleton();
  return function Sheet({ styles }) {
    useStyle(styles);
    return null;
  };
}
