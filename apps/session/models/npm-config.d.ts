/** The part of `@npmcli/config` that its type package leaves out: npm's own settings and how they are flattened. */
declare module '@npmcli/config/lib/definitions/index.js' {
  import type Config from '@npmcli/config';

  const settings: {
    readonly definitions: Config.DefinitionsObject & { readonly registry: { readonly default: string } };
    readonly shorthands: Config.ShortFlags;
    readonly flatten: (data: Record<string, unknown>, flattened: Record<string, unknown>) => void;
  };
  export default settings;
}
