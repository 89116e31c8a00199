import type { Caller } from '../../lib/recovery/people';
import { commandIn } from '../../lib/slack/command';
import type { Interaction } from '../../lib/slack/interaction';
import { statusText } from '../../lib/slack/status';
import { code, copied, plain } from '../../lib/slack/text';
import { log } from '../adapters/log';
import { abort } from '../door/abort-case';
import { requestCase } from '../door/post-case';
import type { SlackDesk } from './desk';

type Asked = Extract<Interaction, { kind: 'command' }>;

/** What `/requorum` is answered with; only the one who typed it sees it. */
export const obey = async (desk: SlackDesk, { words }: Asked, caller: Caller): Promise<string> => {
  const command = commandIn(
    words,
    desk.clusters.map(({ name }) => name),
  );
  switch (command.verb) {
    case 'help':
      return plain(command.says);
    case 'status':
      return status(desk, command.cluster);
    case 'plan':
      return plan(desk, command.cluster, caller);
    case 'acknowledge':
      return acknowledge(desk, command.cluster, caller);
    case 'abort':
      return abortOpen(desk, command.cluster, command.reason, caller);
  }
};

const status = async (desk: SlackDesk, cluster: string): Promise<string> => {
  const [lease, health, control] = await Promise.all([
    desk.leases.leaseOf(cluster),
    desk.healths.find(cluster),
    desk.controls.find(cluster),
  ]);
  const last = lease && (await desk.cases.find(lease.caseId));
  return statusText({ cluster, health, control, last });
};

const plan = async (desk: SlackDesk, cluster: string, { who }: Caller): Promise<string> => {
  const { caseId } = await requestCase(desk, { cluster, mode: 'plan', intent: null, who });
  return `:mag: case ${code(caseId)} looks at ${plain(cluster)} and makes a plan; nothing is touched. Its message follows in the channel.`;
};

const acknowledge = async (desk: SlackDesk, cluster: string, { who }: Caller): Promise<string> => {
  log.info('acknowledged', { cluster, who });
  await desk.controls.set(cluster, { coolDown: null });
  return `:white_check_mark: ${plain(cluster)}: alarms may open the next case.`;
};

const abortOpen = async (desk: SlackDesk, cluster: string, reason: string, caller: Caller): Promise<string> => {
  const lease = await desk.leases.leaseOf(cluster);
  const record = lease && !lease.released ? await desk.cases.find(lease.caseId) : null;
  if (!record) return `:no_entry: no case works on ${plain(cluster)}; nothing is left to abort.`;
  const late = await abort(desk, record, reason, caller);
  if (late) return `:no_entry: ${plain(late.says)}. *Next:* ${copied(late.nextStep)}`;
  return `:octagonal_sign: case ${code(record.caseId)} ends before its point of no return; everything is put back.`;
};
