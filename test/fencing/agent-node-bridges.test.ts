import { setTimeout as sleep } from 'node:timers/promises';
import { until } from './support/old-servers';
import { SwitchedCluster } from './support/switched-cluster';
import { canSwitch } from './support/switched-network';
import { tell } from './support/told';

/*
 * E9 of facts/dkron §12: one server of three was recovered and leads. An old server is up, and the two cannot reach each
 * other; a node that is no server reaches both, so that gossip calls the old server alive. At the reconcile, 60 s after the
 * leader came, it is made a voter that Raft cannot reach, and the quorum is gone.
 */
const TOLD = {
  threat: 'E9: an agent node bridges a cut to one old server',
  rule: '1: every excluded server is fenced',
};
const RECONCILED_BY_NOW_SECONDS = 75;
/** It comes once a minute, and hears of the old server only by gossip. */
const SEVERAL_RECONCILES_SECONDS = 300;
const testSwitched = (name: string, run: () => Promise<void>): void =>
  canSwitch
    ? test(name, run)
    : test.skip(`${name} (skipped: needs root and iproute2, to make a network in which a server can be cut off)`, run);

let cluster: SwitchedCluster | undefined;
afterEach(() => cluster?.end());

/** dkron-1 leads alone, dkron-2 is the old one, and an agent node knows both. */
const recovered = async (): Promise<SwitchedCluster> => {
  cluster = await SwitchedCluster.ofThree();
  await cluster.recoverAlone('dkron-1');
  await cluster.cut('dkron-1', 'dkron-2');
  return cluster;
};

testSwitched('switched off: the recovered server makes the old one a voter, and nobody leads any more', async () => {
  const { start, startAgentNode, leads } = await recovered();
  await start('dkron-2');
  await startAgentNode();
  await until('dkron-1 leads no more', async () => !(await leads('dkron-1')), SEVERAL_RECONCILES_SECONDS);
  await sleep(10_000);
  expect([await leads('dkron-1'), await leads('dkron-2')]).toEqual([false, false]);
  tell({ ...TOLD, off: 'no leader, for good' });
});

testSwitched('switched on: what is held does not run, nobody is added, and the leader stands', async () => {
  const { start, startAgentNode, leads, hold } = await recovered();
  await hold('dkron-2');
  await start('dkron-2');
  await startAgentNode();
  for (const end = Date.now() + RECONCILED_BY_NOW_SECONDS * 1000; Date.now() < end;) {
    expect(await leads('dkron-1')).toBe(true);
    await sleep(1000);
  }
  tell({ ...TOLD, on: 'held: leads on past the reconcile' });
});
