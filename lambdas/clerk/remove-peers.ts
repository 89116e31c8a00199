import * as z from 'zod';
import type { RemovePeersInput, RemovePeersOutput } from '../../lib/recovery/boundary';
import { leaderSeen } from '../../lib/recovery/leader';
import { removePeers as look } from '../../lib/recovery/remove-peers';
import type { Removed } from '../../lib/recovery/remove-peers';
import { keys } from '../adapters/evidence';
import { approvedCase } from './clerk';
import type { Clerk } from './clerk';
import { removalSays } from './told';

type Input = z.output<typeof RemovePeersInput>;
type Answers = Input['answers'];
type Output = z.output<typeof RemovePeersOutput>;

const decide = ({ kind, says }: Removed): Output['decision'] => {
  switch (kind) {
    case 'done':
      return { next: 'verify', outcome: null, says };
    case 'wait':
      return { next: 'again', outcome: null, says };
    case 'remove':
      return { next: 'remove', outcome: null, says };
    case 'failed':
      return { next: 'close', outcome: 'not-proved', says };
  }
};

/** What hosts answered since the look before; the same answers come along with every look after it. */
const freshAnswers = async ({ evidence }: Clerk, { case: { caseId }, answers, attempt }: Input): Promise<Answers> => {
  if (attempt === 0) return answers;
  const before = await evidence.json(keys.removals(caseId, attempt - 1), z.object({ answers: z.array(z.unknown()) }));
  const told = new Set(before?.answers.map((answer) => JSON.stringify(answer)));
  return answers.filter((answer) => !told.has(JSON.stringify(answer)));
};

/** Until nobody who is to go is left in the configuration; a leader that left has a successor by then. */
export const removePeers = async (clerk: Clerk, input: Input): Promise<Output> => {
  const { case: ref, network, answers, attempt } = input;
  const { caseId } = ref;
  const { record, planned } = await approvedCase(clerk, ref);
  const seen = leaderSeen(network);
  if (seen.kind === 'leader' && seen.id !== record.leader) {
    await clerk.cases.changeOpen(caseId, { leader: seen.id, leaderAt: network.at });
  }
  const decision = decide(look({ plan: planned.plan, network, answers, attempt }));
  for (const answer of await freshAnswers(clerk, input)) {
    await clerk.cases.tell(caseId, { phase: 'remove-peers', ...removalSays(answer, planned.plan) });
  }
  await clerk.evidence.putJson(keys.removals(caseId, attempt), { network, answers, decision });
  if (decision.next === 'verify') await clerk.cases.changeOpen(caseId, { phase: 'verify' });
  if (decision.next !== 'again' || attempt === 0) {
    const severity = decision.next === 'close' ? 'danger' : 'info';
    await clerk.cases.tell(caseId, { phase: 'remove-peers', says: decision.says, severity });
  }
  return { decision };
};
