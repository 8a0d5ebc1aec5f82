/**
 * SQLite as this room uses it: `node:sqlite`'s interface from a package whose N-API binaries are the same file under
 * Node and Electron (`node:sqlite` itself wants Node 22; others must be rebuilt for Electron).
 */
import { DatabaseSync } from '@photostructure/sqlite';

export { DatabaseSync };
export type Database = InstanceType<typeof DatabaseSync>;
export type Statement = ReturnType<Database['prepare']>;

/**
 * The first value of a query that is asked once, without a prepared statement: the package lets go of a prepared
 * statement only when it is garbage-collected, and until then the file stays open behind a closed connection.
 */
export function readValue(database: Database, column: string, source: string): unknown {
  let value: unknown;
  database.function('earshot_value', (read: unknown) => {
    value ??= read;
    return null;
  });
  database.exec(`SELECT earshot_value(${column}) FROM ${source}`);
  return value;
}
