import type { CaseView } from '../../../lib/cli/door';
import { look } from '../../chapters/support/chapter';
import { JOBS, caseLab } from '../../lab/support/case-lab';
import { jobsAt } from '../../lab/support/jobs';
import { get, within } from '../../lab/support-documents/looks';
import { HEAL, partFrom } from './parted';
import { shellOn } from './shell';

const PATIENCE_MS = 60_000;

export const seen = ({ planning, case: { outcome } }: CaseView) => ({
  verdict: planning?.briefing.verdict.name,
  outcome,
});

/** A cluster whose network is parted and healed by its tests, and what must hold of it all the time. */
export async function partedCluster(servers: number) {
  const { lab, api } = await caseLab({ servers, hosts: 'systemd' });
  const shell = await shellOn(lab);
  const ids = lab.hosts.map(({ serverId }) => serverId);
  const address = (id: string) => lab.host(id).address;
  const names = async (id: string) => (await get(`http://${address(id)}:8080/v1/leader`))?.status === 200;
  const until = async (holds: () => Promise<boolean>) => expect(await within(PATIENCE_MS, holds)).toBe(true);
  const allAreLed = (some: readonly string[] = ids) =>
    until(async () => (await Promise.all(some.map(names))).every(Boolean));
  const verdict = async () => seen(await look(api));
  return {
    lab,
    api,
    shell,
    ids,
    address,
    names,
    until,
    allAreLed,
    verdict,
    leader: async () => (await lab.leader())?.serverId ?? null,
    part: async (some: readonly string[], from: readonly string[]) => {
      for (const id of some) await shell(id, partFrom(from));
    },
    heal: async (some: readonly string[]) => {
      for (const id of some) await shell(id, HEAL);
      await allAreLed();
    },
    wellAgain: async () => {
      await within(PATIENCE_MS, async () => (await verdict()).verdict === 'healthy');
      expect(await verdict()).toEqual({ verdict: 'healthy', outcome: 'nothing-to-do' });
      for (const id of ids) expect(await jobsAt(address(id))).toBe(JOBS);
    },
  };
}
