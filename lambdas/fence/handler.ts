import { FenceInput, FenceOutput } from '../../lib/recovery/boundary';
import { edge } from '../adapters/edge';
import { env } from '../adapters/env';
import { fencingFrom } from './fence';
import { keepStill } from './groups';
import { lift } from './lift';
import { look } from './look';
import { letIn, powerOn } from './power-on';
import { resume } from './resume';
import { secure } from './secure';

/** Changes instances and their networks, only as a person approved, and proves it. Never terminates anything. */
export const handler = edge(
  FenceInput,
  (input) => {
    const fencing = fencingFrom(env.fence());
    switch (input.action) {
      case 'suspend':
        return keepStill(fencing, input.case, input.attempt);
      case 'secure':
        return secure(fencing, input.case, input.attempt);
      case 'look':
        return look(fencing, input.case);
      case 'lift':
        return lift(fencing, input.case, input.attempt);
      case 'power-on':
        return powerOn(fencing, input.case, input.attempt);
      case 'let-in':
        return letIn(fencing, input.case, input.attempt);
      case 'resume':
        return resume(fencing, input.case, input.attempt);
    }
  },
  { outputSchema: FenceOutput },
);
