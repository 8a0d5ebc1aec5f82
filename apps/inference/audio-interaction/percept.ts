import type { Percept } from '../engine.ts';
import type { Heard } from './worker/messages.ts';

/** A perceived chunk; its embeddings stay with the model. */
export interface UnifiedPercept extends Percept, Heard {}
