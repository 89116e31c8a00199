import type { Lab, LabHost } from '../../../lab/lab';
import { peek } from '../../lab/support/as-found';
import { untilLeads } from '../../lab/support/leads';
import { until } from './old-servers';

/** Addresses that nobody else has in these tests. */
const PLACES = [21, 22, 23];
/** Terms ahead of the survivors, who have an election of their own to come. */
const AHEAD = 4;

/** Three new servers with empty disks and bootstrap-expect 3: what Auto Scaling launches in place of those that are down. */
export async function bootFresh(lab: Lab): Promise<LabHost[]> {
  const join = PLACES.map((place) => lab.address(place));
  const fresh: LabHost[] = [];
  for (const place of PLACES) fresh.push(await lab.addHost(place, { serverId: `fresh-${place}`, join, expect: 3 }));
  await lab.bootTogether(fresh);
  return fresh;
}

/** Each time the leader is powered off there is an election: on until their log is of a term far ahead (E3 is a race of terms). */
export async function outrun(lab: Lab, fresh: readonly LabHost[], term: number): Promise<void> {
  const addresses = fresh.map(({ address }) => address);
  for (;;) {
    const leading = await untilLeads(...addresses);
    const leader = fresh.find(({ address }) => address === leading);
    if (!leader) throw new Error(`nobody is at ${leading}`);
    if ((await peek(leader.dataDir)).last_term >= term + AHEAD) return;
    await lab.stopInstance(leader.instanceId);
    await untilLeads(...addresses.filter((address) => address !== leading));
    await lab.startInstance(leader.instanceId);
    await until(`${leader.serverId} is back`, async () => {
      const answer = await fetch(`http://${leading}:8080/health`, { signal: AbortSignal.timeout(2000) }).catch(
        () => null,
      );
      return answer?.status === 200;
    });
  }
}

export async function endFresh(lab: Lab, fresh: readonly LabHost[]): Promise<void> {
  for (const { instanceId } of fresh) await lab.terminate(instanceId);
}
