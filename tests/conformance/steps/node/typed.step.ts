import { EventConfig, Handlers } from 'motia';
import { z } from 'zod';

enum Mode {
  Plain,
  Typed = 7,
}

type Boxed<T> = { readonly value: T };

const input = z.object({ a: z.number().int(), mode: z.enum(['x', 'y']).default('x') });

class Box<T> implements Boxed<T> {
  constructor(public readonly value: T) {}
}

export const config: EventConfig = { type: 'event', name: 'typed', subscribes: ['t.typed'], input, emits: [] };

export const handler: Handlers['typed'] = async (value: z.infer<typeof input>): Promise<unknown> => {
  const box = new Box<typeof value>(value) satisfies Boxed<unknown>;
  return Mode.Typed === 7 ? box.value : Mode.Plain;
};
