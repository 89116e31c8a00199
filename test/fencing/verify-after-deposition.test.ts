import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { CLUSTER, type Lab } from '../../lab/lab';
import { ROOT } from '../../lab/prepare';
import type { Exclusion } from '../../lib/recovery/exclusion';
import type { HealthCheck } from '../../lib/recovery/health-check';
import { type CaseLab, JOBS, caseLab, recover } from '../lab/support/case-lab';
import { jobsAt } from '../lab/support/jobs';
import { installSeam } from '../lab/support/seam';

/** The old pair leads within seconds (facts/dkron §8); a bound on patience, not a measure of speed. */
const PATIENCE_SECONDS = 90;
const LATER = 2;

interface Verified {
  readonly exit: number;
  readonly says: string;
  readonly nextStep: string;
  readonly checks: readonly HealthCheck[];
}

/** The command as an operator has it, against the deployed stack. */
const verify = (lab: Lab): Promise<Verified> =>
  new Promise((resolve, reject) => {
    const args = ['verify', '--cluster', CLUSTER, '--json'];
    const env = { ...process.env, ...lab.env() };
    execFile(join(ROOT, 'bin', 'requorum'), args, { env, encoding: 'utf8' }, (error, out, err) => {
      const exit = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      if (exit === null || !out.startsWith('{')) return reject(new Error(`${error?.message ?? ''}\n${out}\n${err}`));
      return resolve({ exit, ...(JSON.parse(out) as Omit<Verified, 'exit'>) });
    });
  });

/** What the sentinel sees when it looks now; its metric is made from the same. */
const healthOf = async (api: CaseLab['api']) => {
  await api.refreshInventory(CLUSTER);
  return (await api.cluster(CLUSTER)).health?.redundancy;
};

const stateOf = ({ checks }: Verified, id: string) => checks.find((check) => check.id === id)?.state;
const troubles = ({ checks }: Verified): string[] =>
  checks.filter(({ state }) => state !== 'passed').map(({ id, evidence }) => `${id}: ${evidence}`);

/** As a closed case keeps them: whom it took out, and what was to keep them out. */
const keepExclusions = async (lab: Lab, ids: readonly string[]): Promise<void> => {
  const table = DynamoDBDocumentClient.from(lab.clients().dynamoDb);
  const { TableNames = [] } = await lab.clients().dynamoDb.send(new ListTablesCommand({}));
  const exclusions = ids.map((serverId): Exclusion => {
    const { address, instanceId } = lab.host(serverId);
    const fence = { kind: 'quarantine-stop' as const, instanceId, interfaceIds: [] };
    const since = new Date().toISOString();
    return {
      serverId,
      address: `${address}:6868`,
      caseId: 'case-of-this-test',
      since,
      fence,
      groupsBefore: {},
      volumeIds: [],
    };
  });
  const Item = { pk: `CLUSTER#${CLUSTER}`, sk: 'EXCLUSIONS', exclusions };
  await table.send(new PutCommand({ TableName: TableNames.find((name) => name.includes('Table')), Item }));
};

const Members = z.array(z.object({ Name: z.string(), statusText: z.string() }));

const aliveFor = async (address: string): Promise<string[]> => {
  const answer = await fetch(`http://${address}:8080/v1/members`, { signal: AbortSignal.timeout(5000) });
  const members = Members.parse(await answer.json());
  return members.filter(({ statusText }) => statusText === 'alive').map(({ Name }) => Name);
};

const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  for (let s = 0; s < PATIENCE_SECONDS; s += 1) {
    if (await holds()) return;
    await sleep(1000);
  }
  throw new Error(`not within ${PATIENCE_SECONDS} s: ${what}`);
};

/*
 * facts/dkron §8: 1 of 3 is recovered without a fence, and its old servers come back with their data. Where both do, every
 * check for one leader passes, and what was written since the recovery is gone.
 */
describe('verify tells a leader from a recovery', () => {
  let world: CaseLab | undefined;
  afterEach(() => world?.lab.down());

  /** Two of three fall silent, and the case that recovers the third fences nobody. */
  const recoveredWithoutFence = async ({ lab, api }: CaseLab): Promise<void> => {
    await installSeam(lab, 'fence', {
      'lambdas/fence/secure.ts': 'no-fence.ts',
      'lambdas/fence/look.ts': 'no-fence.ts',
    });
    await lab.impair('dkron-2');
    await lab.impair('dkron-3');
    await lab.untilLeaderless();
    const { report } = await recover(api);
    expect(report).toMatchObject({
      outcome: 'recovered',
      leader: 'dkron-1',
      redundancy: { level: 'none', voters: 1, running: 1, size: 3, tolerates: 0 },
    });
    await lab.addJobs(LATER);
  };

  test('good times, recovered alone, deposed: each gets its own word and next step', async () => {
    world = await caseLab({ servers: 3 });
    const { lab, api } = world;
    const good = await verify(lab);
    expect(troubles(good)).toEqual([]);
    expect(good.exit).toBe(0);
    expect(await healthOf(api)).toMatchObject({ level: 'full', voters: 3, running: 3 });

    await recoveredWithoutFence(world);
    expect(await healthOf(api)).toMatchObject({ level: 'none', voters: 1, running: 1, size: 3 });
    const alone = await verify(lab);
    expect(alone.exit).toBe(1);
    expect(stateOf(alone, 'one-timeline')).toBe('passed');
    expect(stateOf(alone, 'full-strength')).toBe('failed');
    expect(troubles(alone).join('\n')).toContain('no redundancy: 1 of 3 voters, no failure is tolerated');

    await lab.unimpair('dkron-2');
    await lab.unimpair('dkron-3');
    let leader = 'dkron-1';
    await until('the old pair takes over', async () => {
      leader = (await lab.leader())?.serverId ?? 'dkron-1';
      return leader !== 'dkron-1';
    });
    const deposed = await verify(lab);
    expect(await healthOf(api)).toMatchObject({ level: 'none', voters: 3, running: 2 });
    expect(await jobsAt(lab.host(leader).address)).toBe(JOBS);
    // What "is there one leader" sees, on a cluster that has just lost jobs.
    expect(stateOf(deposed, 'one-leader')).toBe('passed');
    expect(deposed.exit).toBe(1);
    expect(deposed.says).toContain(`${CLUSTER} is not healthy: dkron-1 is stranded in another timeline`);
    expect(deposed.says).toContain('it lists {dkron-1}');
    expect(deposed.nextStep).toContain('back up the data-dir of dkron-1 and decide which history counts');
    expect(stateOf(deposed, 'same-configuration')).toBe('failed');
  });

  test('one that was taken out and came back is named, while the recovered server leads on with every job', async () => {
    world = await caseLab({ servers: 3 });
    const { lab } = world;
    await recoveredWithoutFence(world);
    await keepExclusions(lab, ['dkron-2', 'dkron-3']);
    await lab.unimpair('dkron-2');
    const own = lab.address(1);
    await until('dkron-2 is alive in the gossip of dkron-1', async () => (await aliveFor(own)).includes('dkron-2'));
    const seen = await verify(lab);
    expect((await lab.leader())?.serverId).toBe('dkron-1');
    expect(await jobsAt(own)).toBe(JOBS + LATER);
    expect(seen.exit).toBe(1);
    expect(stateOf(seen, 'one-leader')).toBe('passed');
    expect(stateOf(seen, 'no-excluded-alive')).toBe('failed');
    expect(seen.says).toContain(`${CLUSTER} is not healthy: dkron-2 was taken out`);
    expect(seen.nextStep).toContain('stop');
  });
});
