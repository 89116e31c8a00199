import { countJobs } from '../../../lab/dkron-cluster';
import { CLUSTER } from '../../../lab/lab';
import type { CaseView } from '../../../lib/cli/door';
import { act, summaryOf } from '../../chapters/support/chapter';
import { type CaseLab, JOBS, recover } from '../../lab/support/case-lab';

export const readmit = (server: string) => ({ kind: 'readmit', server }) as const;

export const remediesOf = (asked: readonly CaseView[]) =>
  asked.map(({ planning }) => planning?.kind === 'planned' && planning.plan.remedy);

/** Fallen silent, counted as lost, fenced by a stop in quarantine; their hosts are well again afterwards, and stopped. */
export async function recoverWithout({ lab, api }: CaseLab, silent: readonly string[]): Promise<CaseView> {
  for (const id of silent) await lab.impair(id);
  await lab.untilLeaderless();
  const closed = await recover(api);
  for (const id of silent) await lab.unimpair(id);
  return closed;
}

/** Readmitted, each gate approved: the server is a voter with every job, and the report tells how strong the cluster is. */
export async function letBackIn(
  { lab, api }: CaseLab,
  server: string,
  wanted: { readonly by: readonly string[]; readonly voters: number; readonly level: string },
): Promise<void> {
  const { voters, level, by } = wanted;
  const { view, asked } = await act(api, readmit(server));
  expect(summaryOf(view)).toEqual({
    verdict: 'healthy',
    remedy: 'readmit',
    outcome: 'recovered',
    problem: null,
    jobs: [JOBS, JOBS],
  });
  expect(remediesOf(asked)).toEqual(by);
  expect(view.report?.redundancy).toMatchObject({ voters, running: voters, level });
  const { peers, problems } = await api.peers(CLUSTER);
  expect(problems).toEqual([]);
  expect(peers.filter(({ voter, answers }) => voter && answers === 'yes')).toHaveLength(voters);
  expect(peers.map(({ id }) => id)).toContain(server);
  expect(await countJobs(lab.host(server).address)).toBe(JOBS);
}
