import { createHash } from 'node:crypto';
import type { CaseView } from '../../lib/recovery/case-record';
import { linkTo } from '../../lib/notices/case-notices';
import { CaseId } from '../../lib/recovery/ids';
import { caseMessage } from '../../lib/slack/case-message';
import type { Message } from '../../lib/slack/blocks';
import { nowIso, sleep } from '../adapters/clock';
import { log } from '../adapters/log';
import type { Told } from '../adapters/slack-api';
import type { Talk } from '../adapters/talk-store';
import { viewOf } from '../door/show-case';
import type { SlackDesk } from './desk';
import type { Changes } from './input';

const TRIES = 40;
const REST_MS = 250;
/** Slack's words for a message that somebody deleted: it is written anew. */
const GONE = ['message_not_found', 'cant_update_message', 'edit_window_closed'];

/** Cases that the stream says something of, each once: one update tells many events. */
export const tellChanges = async (desk: SlackDesk, { Records }: Changes): Promise<void> => {
  const partitions = Records.map(({ dynamodb }) => dynamodb.Keys.pk.S);
  for (const partition of new Set(partitions)) {
    const caseId = /^CASE#(.+)$/.exec(partition)?.[1] ?? '';
    if (CaseId.safeParse(caseId).success) await tellCase(desk, caseId);
  }
};

/** The case that works on each cluster, and the last one as long as Slack has not heard its end. */
export const lookAtAll = async (desk: SlackDesk): Promise<void> => {
  for (const { name } of desk.clusters) {
    const lease = await desk.leases.leaseOf(name);
    if (!lease) continue;
    if (!lease.released || (await desk.talks.find(lease.caseId))) await tellCase(desk, lease.caseId);
  }
};

/** Posts the one message of a case or updates it. That Slack cannot be reached stops nothing, and the case says so. */
export const tellCase = async (desk: SlackDesk, caseId: string): Promise<void> => {
  const talk = await take(desk, caseId);
  if (!talk) return log.warn('the message of a case is being changed by others', { case: caseId });
  let after = talk;
  try {
    after = await brought(desk, caseId, talk);
  } finally {
    await desk.talks.putBack(caseId, after);
  }
  if (talk.downSince === null && after.downSince !== null) await tellDown(desk, caseId);
};

const take = async (desk: SlackDesk, caseId: string): Promise<Talk | null> => {
  for (let left = TRIES; left > 0; left -= 1) {
    const talk = await desk.talks.take(caseId);
    if (talk) return talk;
    await sleep(REST_MS);
  }
  return null;
};

/** A run that never got the lease has nothing to say here. */
const concernsPeople = ({ case: { counter } }: CaseView): boolean => typeof counter === 'number';

const brought = async (desk: SlackDesk, caseId: string, talk: Talk): Promise<Talk> => {
  const view = await viewOf(desk, caseId);
  if (!concernsPeople(view)) return talk;
  const message = caseMessage(view, { now: desk.clock.now(), link: linkTo(desk.page, caseId) });
  const shown = createHash('sha256').update(JSON.stringify(message)).digest('hex');
  if (shown === talk.shown) return talk;
  const told = await send(desk, message, talk.ts);
  if (told.kind === 'told') return { ...talk, ts: told.ts, shown, downSince: null };
  log.error('Slack did not take the message of a case', { case: caseId, code: told.code });
  return { ...talk, downSince: talk.downSince ?? nowIso(desk.clock) };
};

const send = async ({ api, slack: { channel } }: SlackDesk, message: Message, ts: string | null): Promise<Told> => {
  const fresh = { channel, ...message, unfurl_links: false, unfurl_media: false };
  if (ts === null) return api.call('chat.postMessage', fresh);
  const told = await api.call('chat.update', { channel, ts, ...message });
  return told.kind === 'failed' && GONE.includes(told.code) ? api.call('chat.postMessage', fresh) : told;
};

/** Once, for those who follow the case at another door. */
const tellDown = async ({ cases }: SlackDesk, caseId: string): Promise<void> => {
  const { phase, status } = await cases.load(caseId);
  if (status === 'closed') return;
  const says = 'Slack does not take messages; answer by the requorum CLI or the page, they work as before';
  await cases.tell(caseId, { phase, says, severity: 'warning' });
};
