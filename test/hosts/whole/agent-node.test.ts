import { setTimeout as sleep } from 'node:timers/promises';
import { countJobs, waitForLeader } from '../../../lab/dkron-cluster';
import { within } from '../../lab/support-documents/looks';
import { keepCells } from '../../support/table-rows';
import type { Machines } from '../support/machines';
import { HEAL, partFrom } from '../support/parted';
import { recoverByHand, stopByHand } from '../support/recover-by-hand';
import { JOBS, leads, secondsToLead, trio } from '../support/trio';

/*
 * E9 of facts/dkron §12 on machines: n1 of three was recovered and leads. An old server is up, the two cannot reach each other,
 * and a node that is no server reaches both. At the reconcile, once a minute, gossip says that the old server lives, and it is
 * made a voter that Raft cannot reach.
 */
const PAST_THE_RECONCILE_SECONDS = 90;
const SEVERAL_RECONCILES_SECONDS = 300;

describe('an agent node beside a recovered server and an old one', () => {
  let machines: Machines;
  let own: string;
  beforeEach(async () => {
    machines = await trio();
    own = machines.address(1);
    for (const name of ['n2', 'n3']) await machines.drive('down', name);
    await recoverByHand(machines, 'n1', own, `${own}:8946`);
    await secondsToLead(own, 60);
    const join = [1, 2].map((n) => machines.address(n));
    await machines.up('agent', 4, { join, server: false });
  });
  afterEach(() => machines?.end());

  const tell = (what: string, seconds: number) => keepCells(['systemd', 'E9, an agent node', what, seconds.toFixed(0)]);
  const ledUntil = async (seconds: number): Promise<number | null> => {
    const began = performance.now();
    const gone = await within(seconds * 1000, async () => !(await leads(own)) && !(await leads(own)));
    return gone ? (performance.now() - began) / 1000 : null;
  };

  test('reproduced by routes: the old server is not fenced, only not reached', async () => {
    await machines.shell('n1', `ip route add unreachable ${machines.address(2)}/32`);
    await machines.drive('up', 'n2');
    const seconds = await ledUntil(SEVERAL_RECONCILES_SECONDS);
    expect(seconds).not.toBeNull();
    await sleep(10_000);
    expect(await waitForLeader([own, machines.address(2)], 5)).toBeNull();
    tell('no leader, for good, after', seconds ?? 0);
  });

  test('prevented: the old server in quarantine is nobody to anybody, and the leader stands', async () => {
    await machines.shell('n1', partFrom([machines.address(2)]));
    await machines.drive('up', 'n2', ['--cut']);
    expect(await ledUntil(PAST_THE_RECONCILE_SECONDS)).toBeNull();
    expect(await countJobs(own)).toBe(JOBS);
    await machines.shell('n1', HEAL);
    tell('leads on in quarantine, looked for', PAST_THE_RECONCILE_SECONDS);
    await stopByHand(machines, 'n2');
  });
});
