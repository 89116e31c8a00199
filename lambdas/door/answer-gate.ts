import { Answer } from '../../lib/recovery/gate';
import { callerOf } from '../../lib/recovery/people';
import type { Door } from './door';
import { bodyOf, refuse } from './http';
import type { Reply } from './http';
import type { Request } from './routes';
import { takeAnswer } from './take-answer';

/** What came too late is a conflict; everything else is an answer that cannot be taken as it is. */
export const TOO_LATE: readonly string[] = ['AlreadyAnswered', 'Expired'];

/** An answer of a principal that IAM has let in. */
export const answerGate = async (door: Door, { event, id, who }: Request): Promise<Reply> => {
  const taken = await takeAnswer(door, id, bodyOf(event, Answer), callerOf(door.people, 'cli', who));
  switch (taken.kind) {
    case 'answered':
      return { status: 200, body: { gate: taken.gate } };
    case 'pending':
      return { status: 202, body: { gate: taken.gate } };
    case 'refused':
      return refuse(TOO_LATE.includes(taken.code) ? 409 : 422, taken.code, taken.says, taken.nextStep);
  }
};
