export const IMPORT_TABLE: Readonly<Record<string, readonly string[]>>;
export const PACKAGE_OWNERS: Readonly<Record<string, readonly string[]>>;
export const importTableRules: readonly {
  readonly files: string[];
  readonly rules: Record<string, ['error', { patterns: object[] }]>;
}[];
