/** Given to Node with `--import`: `electron` means the stand-in from here on. */
import { register } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

register(pathToFileURL(join(import.meta.dirname, 'loader-hook.js')).href);
