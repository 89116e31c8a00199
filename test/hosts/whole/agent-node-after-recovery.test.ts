import { waitForLeader } from '../../../lab/dkron-cluster';
import type { CaseLab } from '../../lab/support/case-lab';
import { within } from '../../lab/support-documents/looks';
import { keepCells } from '../../support/table-rows';
import {
  aliveTo,
  ledUntil,
  recoveredBeside,
  standsAlone,
  startedInQuarantine,
  votersOn,
} from '../support/after-recovery';
import { Machines } from '../support/machines';
import { knockFrom } from '../support/network';
import { partFrom } from '../support/parted';
import { shellOn } from '../support/shell';

/*
 * E9 of facts/dkron §12 after a whole recovery by the product: dkron-2 is gone, dkron-3 was silent and was counted as lost, and
 * dkron-1 leads. Then dkron-3 is back. It and dkron-1 do not reach each other, and a node that is no server joins both.
 * With Dkron alone: agent-node.test.ts.
 */
const PATIENCE_MS = 60_000;
const PAST_THE_RECONCILE_SECONDS = 90;
const SEVERAL_RECONCILES_SECONDS = 300;
const AGENT = 9;

describe('an agent node between a server that was recovered and one that the case took out', () => {
  let world: CaseLab;
  let machines: Machines | undefined;
  let shell: Awaited<ReturnType<typeof shellOn>>;
  let own: string;
  const recovered = async (fenced: boolean): Promise<void> => {
    world = await recoveredBeside(['dkron-3'], { gone: ['dkron-2'], fenced });
    own = world.lab.address(1);
    shell = await shellOn(world.lab);
    await shell('dkron-1', partFrom([world.lab.address(3)]));
  };
  const anAgentNodeJoins = async (): Promise<void> => {
    machines = await Machines.beside(world.lab);
    const join = [1, 3].map((n) => world.lab.address(n));
    await machines.up('agent', AGENT, { join, server: false });
    expect(await within(PATIENCE_MS, async () => (await aliveTo(own)).includes('agent'))).toBe(true);
  };
  afterEach(async () => {
    await machines?.end();
    await world?.lab.down();
  });
  const tell = (what: string, seconds: number) =>
    keepCells(['systemd', 'E9 after a recovery', what, seconds.toFixed(0)]);

  test('switched off: who was not fenced is made a voter that Raft cannot reach, and nobody leads any more', async () => {
    await recovered(false);
    const { lab } = world;
    await lab.unimpair('dkron-3');
    await anAgentNodeJoins();
    expect(await within(PATIENCE_MS, async () => (await aliveTo(own)).includes('dkron-3'))).toBe(true);
    const seconds = await ledUntil(own, SEVERAL_RECONCILES_SECONDS);
    expect(seconds).not.toBeNull();
    expect(await votersOn(lab, 'dkron-1')).toEqual(['dkron-1', 'dkron-3']);
    expect(await waitForLeader([own, lab.address(3)], PAST_THE_RECONCILE_SECONDS)).toBeNull();
    tell('not fenced: no leader, for good, after', seconds ?? 0);
  });

  test('switched on: started by somebody it is nobody to the agent node, and the leader stands', async () => {
    await recovered(true);
    const { lab } = world;
    await startedInQuarantine(lab, shell, 'dkron-3');
    await anAgentNodeJoins();
    expect(await ledUntil(own, PAST_THE_RECONCILE_SECONDS)).toBeNull();
    expect(await machines?.shell('agent', knockFrom(lab.address(3), 8946))).toBe('124');
    expect(await aliveTo(own)).toEqual(['agent', 'dkron-1']);
    await standsAlone(lab);
    tell('fenced: leads on, looked for', PAST_THE_RECONCILE_SECONDS);
  });
});
