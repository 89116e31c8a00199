import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDkron, stopDkron } from '../../lab/breakage';
import { CLUSTER } from '../../lab/lab';
import { type CaseLab, JOBS, approval, caseLab, untilCase, untilClosed, untilGate } from '../lab/support/case-lab';
import { currentTerm } from '../lab/support/as-found';
import { jobsAt } from '../lab/support/jobs';
import { installSeam } from '../lab/support/seam';
import { testWithCut } from '../support/network-cut';
import { keepDisks } from './support/disks';
import { stays, startOld, until } from './support/old-servers';
import { tell } from './support/told';

/*
 * E10 of facts/dkron §12: on Dkron 3.1.7 a recovered server votes for a candidate that is not in its configuration. ONE old
 * server that is up before the survivor starts is enough to lead it; which of the two asks first is a matter of a second.
 */
const TOLD = {
  threat: 'E10: v3.1.7, one old server up before the survivor starts',
  rule: '1: every excluded server is fenced',
};
const TRIES = 6;
const VOTED_BY_NOW_SECONDS = 10;
let world: CaseLab;
let old: string;
let survivor: string;

/** The old one led: whatever the survivor has, it has as well, so that it may be voted for. */
beforeEach(async () => {
  world = await caseLab({ servers: 3, dkron: 'v3.1.7', cluster: { policy: { restart: 'always' } } });
  const { lab } = world;
  old = (await lab.leader())?.serverId ?? '';
  const [gone = '', last = ''] = lab.hosts.map(({ serverId }) => serverId).filter((id) => id !== old);
  survivor = last;
  await lab.terminate(gone);
  await lab.impair(old);
  await lab.untilLeaderless();
});
afterEach(() => world?.lab.down());

/** Up to the gate before the start: the survivor is held, the silent one fenced if anything is. */
const openHeld = async ({ api }: CaseLab): Promise<string> => {
  const caseId = await api.openCase(CLUSTER, 'recover');
  const gate = await untilGate(api, caseId);
  await api.answer(gate.gateId, approval(gate));
  await untilGate(api, caseId, 'approve-restart');
  return caseId;
};
const approveRestart = async ({ api }: CaseLab, caseId: string): Promise<void> => {
  const gate = await untilGate(api, caseId, 'approve-restart');
  await api.answer(gate.gateId, approval(gate));
};

/** Who leads when both have had the time to ask for votes. */
const elected = async ({ lab }: CaseLab): Promise<string | undefined> => {
  for (let second = 0; second < VOTED_BY_NOW_SECONDS; second += 1) {
    await sleep(1000);
    const leader = await lab.leader();
    if (leader?.serverId === old) break;
  }
  return (await lab.leader())?.serverId;
};

test('switched off: the survivor votes for the old server, which leads it', async () => {
  const { lab, api } = world;
  const noFence = { 'lambdas/fence/secure.ts': 'no-fence.ts', 'lambdas/fence/look.ts': 'no-fence.ts' };
  await installSeam(lab, 'fence', noFence);
  // Who is there again would be seen before the release as well, and drop the plan.
  await installSeam(lab, 'clerk', { 'lib/recovery/look-again.ts': 'look-away.ts' });
  await stopDkron(lab, survivor);
  const disk = await keepDisks(lab, [survivor]);
  const term = await currentTerm(lab.host(survivor).dataDir);
  const caseId = await openHeld(world);
  await lab.unimpair(old);
  // Alone it tries again and again, each time in a term of its own; a vote is given to a higher one only.
  await until(`${old} has got to a higher term`, async () => (await currentTerm(lab.host(old).dataDir)) > term);
  await approveRestart(world, caseId);
  await untilCase(api, caseId, 'the release', ({ events }) => events.some(({ says }) => says.includes('is started')));
  let leader = await elected(world);
  // The same start again, from the same disk and peers.json, where the survivor was the faster one.
  for (let tries = 1; leader !== old && tries < TRIES; tries += 1) {
    await stopDkron(lab, survivor);
    await disk.restore();
    const { dataDir, address } = lab.host(survivor);
    const peers = [{ id: survivor, address: `${address}:6868`, non_voter: false }];
    await writeFile(join(dataDir, 'raft', 'peers.json'), JSON.stringify(peers));
    await startDkron(lab, survivor);
    leader = await elected(world);
  }
  expect(leader).toBe(old);
  tell({ ...TOLD, off: 'the survivor follows the old server' });
});

testWithCut('switched on: the old server is cut off and stopped, and started again it leads nobody', async () => {
  const { lab, api } = world;
  const caseId = await openHeld(world);
  await approveRestart(world, caseId);
  expect((await untilClosed(api, caseId)).report).toMatchObject({ outcome: 'recovered', leader: survivor });
  await lab.unimpair(old);
  await startOld(lab, old);
  await stopDkron(lab, survivor);
  await startDkron(lab, survivor);
  expect(await elected(world)).toBe(survivor);
  await stays(lab, survivor);
  expect(await jobsAt(lab.host(survivor).address)).toBe(JOBS);
  tell({ ...TOLD, on: 'leads alone, also started after it' });
});
