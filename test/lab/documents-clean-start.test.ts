import { chmod, writeFile } from 'node:fs/promises';
import { VerifyResult } from '../../lib/recovery/order';
import { HostFacts } from '../../lib/recovery/survey';
import type { BenchHost } from './support-documents/bench';
import { CleanBench, PATIENCE_MS, codeOf, held, released, told, undone } from './support-documents/clean-bench';
import { dkronPids, get, sleep, within } from './support-documents/looks';
import { guarded, hintsOf, letInOrder, send } from './support-documents/orders';
import { ours } from './support-documents/readers';

const JOBS = 12;
let clean: CleanBench;

beforeAll(async () => {
  clean = await CleanBench.start(JOBS);
});
afterAll(() => clean.bench.close());
beforeEach(async () => {
  await clean.allDown();
  await clean.bench.reset(clean.host);
});

const leadsItself = async (): Promise<boolean> => (await get(`http://${clean.host.http}/v1/isleader`))?.status === 200;
const bootstrapExpect = async (): Promise<number | null> =>
  HostFacts.parse((await send('inspect', clean.host, hintsOf(clean.host))).result).bootstrapExpect;
/** Dkron's program as an operator may have written it. */
const program = async (lines: string): Promise<void> => {
  await writeFile(`${clean.host.directory}/conf.d/dkron.conf`, `[program:dkron]\n${lines}\n`);
  await clean.bench.supervisorctl(clean.host, 'update');
};

const ELECTED_BY_NOW_MS = 20_000;
/** At the latest at the second reconcile, which comes once a minute. */
const DEPOSED_BY_NOW_MS = 130_000;

describe('a host with the packaged bootstrap-expect 1, beside a leader that was recovered alone', () => {
  beforeEach(async () => {
    await clean.recoverAlone();
    await clean.bench.up(clean.host, '--expect', '1');
    expect(await bootstrapExpect()).toBe(1);
    held(await clean.hold());
  });

  const termOf = async (one: BenchHost): Promise<number> => (await ours(one)).currentTerm;
  /**
   * Started where the leader cannot be reached yet, restarted until its term is no lower (each start adds one, if it
   * leads), looked at, and powered off and on when the leader can be reached. The leader is frozen meanwhile: its gossip
   * tries a failed member again and again, and the two would meet with the lower term.
   */
  const reachedLate = async (changed = (script: string) => script): Promise<boolean> => {
    await clean.bench.drive('freeze', clean.leader);
    await send('release', clean.host, letInOrder(clean.host), { changed });
    // Who is told not to bootstrap never leads, however long one waits; who is told to may take long on a busy machine.
    while ((await within(ELECTED_BY_NOW_MS, leadsItself)) && (await termOf(clean.host)) <= (await termOf(clean.leader)))
      await clean.bench.supervisorctl(clean.host, 'restart', 'dkron');
    const look = await send('verify', clean.host, { ...guarded(clean.host), part: 'look', removeOverride: true });
    await clean.bench.drive('down', clean.host);
    await clean.bench.drive('thaw', clean.leader);
    await clean.bench.up(clean.host, '--expect', '1');
    return told(VerifyResult, look).overrideRemoved;
  };

  test('told to bootstrap it leads the other one within seconds, and every job is gone', async () => {
    const toBootstrap = (script: string) => {
      expect(script).toContain("NEVER_BOOTSTRAP = '0'");
      return script.replace("NEVER_BOOTSTRAP = '0'", "NEVER_BOOTSTRAP = '1'");
    };
    expect(await reachedLate(toBootstrap)).toBe(true);
    const ledBy = async () => (await clean.bench.leader(clean.leader)) === clean.host.nodeName;
    expect(await within(DEPOSED_BY_NOW_MS, ledBy)).toBe(true);
    expect((await get(`http://${clean.leader.http}/v1/isleader`))?.status).not.toBe(200);
    expect(await clean.bench.jobs(clean.host)).toBe(0);
  });

  test('as it is released it never leads, and goes on being told so until it has a log', async () => {
    expect(await reachedLate()).toBe(false);
    expect(await within(PATIENCE_MS, async () => (await dkronPids(clean.host)).length > 0)).toBe(true);
    expect(await clean.words('environ')).toContain('DKRON_BOOTSTRAP_EXPECT=0');
    await sleep(5_000);
    expect(await leadsItself()).toBe(false);
    expect(await clean.bench.leader(clean.leader)).toBe(clean.leader.nodeName);
    expect(await clean.bench.jobs(clean.leader)).toBe(JOBS);
  });

  test('restarted by its manager soon after its release it is let in all the same, with every job', async () => {
    released(await clean.letIn());
    await clean.bench.supervisorctl(clean.host, 'restart', 'dkron');
    await clean.expectLetIn();
    expect(await leadsItself()).toBe(false);
  });
});

test('flags are replaced where the operator has flags, variables where variables; nothing else is touched', async () => {
  const { host, bench } = clean;
  const flags = '--bootstrap-expect=1 --log-level info --retry-join 192.0.2.1:8946';
  await program(
    `command=${bench.tools.dkron} agent --config ${host.directory}/dkron.yml ${flags}\n` +
      'environment=GREETING="a, b",DKRON_BOOTSTRAP_EXPECT="2",OTHER=c',
  );
  expect(await bootstrapExpect()).toBe(1);
  held(await clean.hold());
  expect(released(await clean.letIn())).toMatchObject({ outcome: 'released', consumed: true });
  const argv = await clean.words('cmdline');
  const joins = `${host.address}:8946,${clean.leader.address}:8946`;
  expect(argv.slice(4)).toEqual(['--log-level', 'info', '--retry-join', joins, '--bootstrap-expect', '0']);
  const environment = await clean.words('environ');
  expect(environment).toEqual(expect.arrayContaining(['GREETING=a, b', 'OTHER=c', 'DKRON_BOOTSTRAP_EXPECT=2']));
  await sleep(3_000);
  expect(await leadsItself()).toBe(false);
});

test('inspect tells what the next start is told: flag before environment before file, null where nothing is', async () => {
  const { host, bench } = clean;
  expect(await bootstrapExpect()).toBe(3);
  await program('environment=DKRON_BOOTSTRAP_EXPECT="0"');
  expect(await bootstrapExpect()).toBe(0);
  await program('environment=DKRON_BOOTSTRAP_EXPECT=""');
  expect(await bootstrapExpect()).toBe(3);
  await program(`command=${bench.tools.dkron} agent --config ${host.directory}/none.yml`);
  expect(await bootstrapExpect()).toBeNull();
});

test('a variable wins over the file, and Dkron without a bootstrap waits for a leader', async () => {
  await clean.wiped();
  await clean.bench.up(clean.host, '--join', clean.host.address, '--expect', '1');
  await program('environment=DKRON_BOOTSTRAP_EXPECT="0"');
  await clean.bench.supervisorctl(clean.host, 'stop', 'dkron');
  await clean.shell(`rm -rf ${clean.raft}`);
  await clean.bench.supervisorctl(clean.host, 'start', 'dkron');
  expect(await within(PATIENCE_MS, async () => (await get(`http://${clean.host.http}/v1/isleader`)) !== null)).toBe(
    true,
  );
  await sleep(5_000);
  expect(await leadsItself()).toBe(false);
});

test('a script that sets a flag of its own behind the back of the manager: the server is stopped again, and that is said', async () => {
  const { host, bench } = clean;
  const path = `${host.directory}/start-dkron`;
  await writeFile(path, `#!/bin/sh\nexec ${bench.tools.dkron} "$@" --bootstrap-expect 1\n`);
  await chmod(path, 0o755);
  await program(`command=${path} agent --config ${host.directory}/dkron.yml`);
  held(await clean.hold());
  const answer = released(await clean.letIn());
  expect(answer.detail).toContain('stopped again');
  expect(await dkronPids(host)).toEqual([]);
  expect(codeOf(await clean.undo(null))).toBe('AlreadyReleased');
});

test('undo of a release that was cut off after its override was loaded: the manager tells what the operator says', async () => {
  const { host } = clean;
  await clean.bench.drive('down', host);
  await clean.bench.up(host, '--expect', '1');
  held(await clean.hold());
  const line = ' started = instant(clock())\n place.remember(';
  const changed = (script: string) => script.replace(line, ` os._exit(9)\n${line}`);
  await expect(clean.letIn({ changed })).rejects.toThrow('0 result lines');
  expect(undone(await clean.undo(null))).toMatchObject({ outcome: 'undone', raft: 'dir', running: true });
  expect(await within(PATIENCE_MS, async () => (await dkronPids(host)).length > 0)).toBe(true);
  expect((await clean.words('environ')).filter((word) => word.startsWith('DKRON_'))).toEqual([]);
});
