import type { Caller } from '../recovery/people';
import type { By } from './interaction';

/** Why nobody is let in; each is an audit event. */
export const DENIALS = {
  WrongTeam: 'this workspace is not the one that requorum.yaml names in `slack.team`',
  UnknownUser: 'nobody in `people` in requorum.yaml has this id; add it there',
  Replayed: 'this very request was taken before; act again if you mean it',
  TooOld: 'the request was signed more than five minutes ago',
  FromTheFuture: 'the request was signed in the future; a clock is wrong, or somebody plays with it',
} as const satisfies Record<string, string>;
export type Denial = keyof typeof DENIALS;

/**
 * Whether a user of Slack is let in at all: of our workspace, and one of `people`. Whoever may see a channel is more than who
 * may answer for a cluster. What they may answer is the gate's own rule.
 */
export const denialOf = ({ team }: By, { person }: Caller, ours: { readonly team: string }): Denial | null => {
  if (team !== ours.team) return 'WrongTeam';
  return person === null ? 'UnknownUser' : null;
};
