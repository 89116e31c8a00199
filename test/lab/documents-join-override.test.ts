import { readFile, writeFile } from 'node:fs/promises';
import { ReleaseResult } from '../../lib/recovery/order';
import { Bench } from './support-documents/bench';
import type { BenchHost } from './support-documents/bench';
import { dkronPids, get, sleep, within } from './support-documents/looks';
import { holdOrder, releaseOrder, send } from './support-documents/orders';

const JOBS = 5;

let bench: Bench;
let host: BenchHost;
let dead: readonly string[];

beforeAll(async () => {
  bench = await Bench.start(3, JOBS);
  host = bench.host;
  dead = bench.hosts.slice(1).map((one) => one.address);
});
afterAll(async () => bench.close());
beforeEach(async () => bench.reset(host));

const recover = async (): Promise<void> => {
  await send('hold', host, holdOrder(host));
  const { result } = await send('release', host, releaseOrder(host));
  expect(ReleaseResult.parse(result)).toMatchObject({ outcome: 'released', consumed: true });
  expect(await within(20_000, async () => (await bench.leader()) === host.nodeName)).toBe(true);
  expect(await within(5_000, async () => (await bench.jobs()) === JOBS)).toBe(true);
};
const processWords = async (file: 'cmdline' | 'environ'): Promise<readonly string[]> => {
  const pids = await dkronPids(host);
  expect(pids).toHaveLength(1);
  return (await readFile(`/proc/${pids[0]}/${file}`, 'utf8')).split('\0').filter((word) => word !== '');
};

test('a server that a join list of dead peers in its file blocks for ever leads after the release', async () => {
  await bench.drive('down', host);
  await bench.up(host, '--join', dead.join(','));
  await sleep(1_500);
  expect(await dkronPids(host)).toHaveLength(1);
  expect(await get(`http://${host.http}/v1/isleader`)).toBeNull();
  await recover();
  expect(await processWords('environ')).toContain(`DKRON_RETRY_JOIN=${host.address}:8946`);
});

test('a join list in flags is replaced in the command, and the variables of the program stay', async () => {
  const flags = `--retry-join ${dead[0]}:8946 --retry-join=${dead[1]}:8946`;
  const command = `${bench.tools.dkron} agent --config ${host.directory}/dkron.yml ${flags}`;
  const program = `[program:dkron]\ncommand=${command}\nenvironment=GREETING="a, b",DKRON_LOG_LEVEL=debug\n`;
  await writeFile(`${host.directory}/conf.d/dkron.conf`, program);
  await bench.supervisorctl(host, 'update');
  expect((await processWords('cmdline')).join(' ')).toContain(`${dead[0]}:8946`);
  await recover();
  const argv = await processWords('cmdline');
  expect(argv.slice(-2)).toEqual(['--retry-join', `${host.address}:8946`]);
  expect(argv.filter((word) => word.includes('retry-join'))).toHaveLength(1);
  expect(await processWords('environ')).toEqual(expect.arrayContaining(['GREETING=a, b', 'DKRON_LOG_LEVEL=debug']));
});

test('the variables of the program stay beside a join list in the environment', async () => {
  const program = '[program:dkron]\nenvironment=GREETING="a, b",DKRON_RETRY_JOIN="192.0.2.1:8946",OTHER=c\n';
  await writeFile(`${host.directory}/conf.d/dkron.conf`, program);
  await bench.supervisorctl(host, 'update');
  await recover();
  const environment = await processWords('environ');
  expect(environment).toEqual(
    expect.arrayContaining(['GREETING=a, b', 'OTHER=c', `DKRON_RETRY_JOIN=${host.address}:8946`]),
  );
});
