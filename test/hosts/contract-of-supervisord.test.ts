import { HostFacts } from '../../lib/recovery/survey';
import type { BenchHost } from '../lab/support-documents/bench';
import { within } from '../lab/support-documents/looks';
import { holdOrder, send } from '../lab/support-documents/orders';
import { keepCells } from '../support/table-rows';
import { keepsTheContractOfAHold } from './support/contract-of-a-hold';
import { Solo } from './support/solo';

describe('the contract on a machine whose Dkron is a program of supervisord, as a user without rights', () => {
  keepsTheContractOfAHold('supervisord', 'supervisor');
});

/** Everything there is in the control group of one service of systemd, which is supervisord's and never Dkron's. */
describe('a supervisord that is a service of systemd itself', () => {
  let solo: Solo;
  let host: BenchHost;
  const shell = (script: string): Promise<string> => solo.shell(script);
  const facts = async (hints: Record<string, string> = {}): Promise<HostFacts> =>
    HostFacts.parse((await send('inspect', host, { hints })).result);
  const supervisord = (): Promise<string> => shell('systemctl show supervisor --property ActiveState,MainPID');

  beforeAll(async () => {
    solo = await Solo.ready('supervisor');
    ({ host } = solo);
  });
  afterAll(() => solo?.end());
  beforeEach(() => solo.reset());

  test('is found while Dkron is stopped too, by the one program that would start it', async () => {
    await shell('pkill -KILL -x dkron; supervisorctl stop dkron');
    expect((await facts()).manager).toEqual({ ...solo.service.manager, state: 'stopped' });
    keepCells(['supervisord', 'Dkron is stopped, no tag', 'found', '']);
  });

  test('is not chosen, nor is another, where a service would start a Dkron as well: a tag is asked for', async () => {
    const packaged = '/lib/systemd/system/dkron.service';
    await shell(`printf '[Service]\\nExecStart=/usr/bin/dkron agent\\n' > ${packaged}; systemctl daemon-reload`);
    try {
      expect((await facts()).manager).toEqual({ ...solo.service.manager, state: 'running' });
      await shell('pkill -KILL -x dkron; supervisorctl stop dkron');
      expect((await facts()).manager).toMatchObject({ kind: 'unknown', unit: '' });
      expect((await facts({ 'service-manager': 'supervisor' })).manager).toMatchObject({
        unit: 'dkron',
        state: 'stopped',
      });
    } finally {
      await shell(`rm ${packaged}; systemctl daemon-reload`);
    }
    keepCells(['supervisord', 'a service of Dkron beside it, both stopped', 'asks for a tag', '']);
  });

  test('that is stopped itself tells nothing of Dkron: a tag is asked for', async () => {
    await shell('systemctl stop supervisor; pkill -KILL -x dkron; true');
    expect((await facts()).manager).toMatchObject({ kind: 'unknown', unit: '' });
    keepCells(['supervisord', 'supervisord is stopped, no tag', 'asks for a tag', '']);
  });

  test('is not taken for the service of a Dkron whose command took the mark of supervisord away', async () => {
    const program = '/etc/supervisor/conf.d/dkron.conf';
    await shell(
      `cp ${program} /tmp/kept; sed -i 's#^command=#command=/usr/bin/env -i #' ${program}; supervisorctl update`,
    );
    try {
      expect(await within(20_000, async () => (await facts()).pids.length > 0)).toBe(true);
      expect(await shell('grep -c SUPERVISOR /proc/$(supervisorctl pid dkron)/environ || true')).toBe('0');
      expect((await facts()).manager).toMatchObject({ kind: 'systemd', unit: '' });
    } finally {
      await shell(`cp /tmp/kept ${program}; supervisorctl update`);
    }
    keepCells(['supervisord', 'a Dkron without the mark of supervisord', 'asks for a tag', '']);
  });

  test('is never stopped as the service of Dkron, whatever a tag says', async () => {
    const before = await supervisord();
    expect((await facts({ 'service-manager': 'systemd', unit: 'supervisor' })).manager).toMatchObject({ unit: '' });
    const manager = { kind: 'systemd', socket: '', unit: 'supervisor.service' };
    const answer = await send('hold', host, { ...holdOrder(host), manager });
    expect(answer.result).toMatchObject({ code: 'UnitUnknown' });
    expect(await supervisord()).toBe(before);
    expect(await solo.isActive()).toBe(true);
    keepCells(['supervisord', "a tag that names supervisord's own service", 'UnitUnknown', '']);
  });
});
