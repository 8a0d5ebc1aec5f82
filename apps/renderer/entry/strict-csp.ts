/**
 * Comes first of all imports: zod would otherwise probe for `new Function`, which the content security policy refuses
 * and reports.
 */
import { z } from 'zod';

z.config({ jitless: true });
