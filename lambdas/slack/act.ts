import { ERROR_TABLE, RequorumError, type ErrorCode } from '../../lib/recovery/errors';
import { callerOf, type Caller } from '../../lib/recovery/people';
import type { Interaction } from '../../lib/slack/interaction';
import { DENIALS, denialOf, type Denial } from '../../lib/slack/let-in';
import { code, copied, plain } from '../../lib/slack/text';
import { nowIso } from '../adapters/clock';
import { log } from '../adapters/log';
import { answerGate } from './answer-gate';
import type { SlackDesk } from './desk';
import type { Handed } from './input';
import { obey } from './obey';

/** What went wrong by the person's own input; of anything else they are told only what to do. */
const THEIRS: readonly ErrorCode[] = ['BadInput', 'UnknownCase', 'UnknownCluster', 'UnknownGate'];

/** The second call: who it is, whether they are let in, and what they want. Whoever acted hears what became of it. */
export const act = async (desk: SlackDesk, { act: asked, digest, refused }: Handed): Promise<void> => {
  const { team, user } = asked.by;
  const caller = callerOf(desk.people, 'slack', `slack:${team}/${user}`);
  const denial = await denialOfRequest(desk, { asked, digest, refused, caller });
  if (denial !== null) return deny(desk, asked, caller, denial);
  try {
    const says = asked.kind === 'command' ? await obey(desk, asked, caller) : await answerGate(desk, asked, caller);
    if (says !== null) await say(desk, asked, says);
  } catch (thrown) {
    const error = RequorumError.from(thrown);
    log.error(error.detail, error);
    await say(desk, asked, sorry(error));
  }
};

interface Asking {
  readonly asked: Interaction;
  readonly digest: string;
  readonly refused: Denial | null;
  readonly caller: Caller;
}

const denialOfRequest = async (desk: SlackDesk, { asked, digest, refused, caller }: Asking): Promise<Denial | null> => {
  if (refused !== null) return refused;
  if (!(await desk.talks.isFirst(digest))) return 'Replayed';
  return denialOf(asked.by, caller, desk.slack);
};

/** Written down whatever it was. Who sends recorded requests hears nothing. */
const deny = async (desk: SlackDesk, asked: Interaction, caller: Caller, denial: Denial): Promise<void> => {
  log.warn('nobody was let in', { who: caller.who, code: denial });
  const gateId = asked.kind === 'command' ? null : asked.gateId;
  await desk.audits.tell({
    ...{ at: nowIso(desk.clock), cluster: null, caseId: null, gateId, planId: null },
    ...{ ...caller, event: 'denied', code: denial, says: DENIALS[denial] },
  });
  const isHere = denial === 'WrongTeam' || denial === 'UnknownUser';
  if (isHere) await say(desk, asked, `:no_entry: You are ${code(caller.who)}: ${plain(DENIALS[denial])}.`);
};

/** Buttons and commands bring an address for their answer; after a modal the person is addressed in the channel. */
const say = async (desk: SlackDesk, asked: Interaction, text: string): Promise<void> => {
  if (asked.kind !== 'modal') return desk.api.respond(asked.responseUrl, text);
  const { channel } = desk.slack;
  const told = await desk.api.call('chat.postEphemeral', { channel, user: asked.by.user, text });
  if (told.kind === 'failed') log.warn('an answer did not reach Slack', { code: told.code });
};

const sorry = ({ code: name, detail }: RequorumError): string => {
  const { means, nextStep } = ERROR_TABLE[name];
  return `:x: ${plain(THEIRS.includes(name) ? `${means}: ${detail}` : means)}. *Next:* ${copied(nextStep)}`;
};
