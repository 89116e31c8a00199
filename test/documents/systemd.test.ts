import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluate } from './support/python';

const PATH = process.env.PATH ?? '';
let folder: string;
let units: string;
/** Where what has to outlive a reboot goes. */
let lasting: string;

/** Answers `show --property NAME` from files of that name, writes down every call, and copies what a reload would read. */
const SYSTEMCTL = `#!/bin/sh
cd "$(dirname "$0")"
echo "$*" >> calls
case "$1" in
  show) cat "property-$3" 2>/dev/null ;;
  show-environment) echo PATH=/usr/bin ;;
  daemon-reload) cat units/*/*.conf >> read 2>/dev/null; echo -- >> read ;;
esac
exit 0
`;
const BUSCTL = `#!/bin/sh
cat "$(dirname "$0")/command" 2>/dev/null
`;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'systemd-'));
  units = join(folder, 'units');
  lasting = join(folder, 'lasting');
  for (const made of [units, lasting]) await mkdir(made);
  for (const [name, text] of [
    ['systemctl', SYSTEMCTL],
    ['busctl', BUSCTL],
  ] as const) {
    await writeFile(join(folder, name), text);
    await chmod(join(folder, name), 0o755);
  }
  process.env.PATH = `${folder}:${PATH}`;
});
afterEach(async () => {
  process.env.PATH = PATH;
  await rm(folder, { recursive: true, force: true });
});

const property = (name: string, ...values: readonly string[]): Promise<void> =>
  writeFile(join(folder, `property-${name}`), values.map((value) => `${name}=${value}\n`).join(''));
const command = (...argv: readonly string[]): Promise<void> =>
  writeFile(join(folder, 'command'), JSON.stringify({ type: 'a(sasbttttuii)', data: [[argv[0], argv, false]] }));
const of = (expression: string): Promise<unknown> =>
  evaluate(
    'systemd',
    `(setattr(systemd, 'UNITS', words[0]), setattr(systemd, 'LASTING_UNITS', words[1]), ${expression})[2]`,
    units,
    lasting,
  );
const UNIT = `systemd.Systemd('dkron')`;
const written = async (where = units): Promise<Record<string, string>> => {
  const at = join(where, 'dkron.service.d');
  const names: string[] = await readdir(at).catch(() => []);
  const texts = names.map(async (name) => [name, await readFile(join(at, name), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(texts));
};

describe('what the next start is told', () => {
  test('words keep their spaces where D-Bus tells them', async () => {
    await command('/usr/bin/dkron', 'agent', '--config', '/etc/my dkron.yml');
    expect(await of(`${UNIT}.command()`)).toEqual(['/usr/bin/dkron', 'agent', '--config', '/etc/my dkron.yml']);
  });

  test('without D-Bus systemctl tells them', async () => {
    await property(
      'ExecStart',
      '{ path=/usr/bin/dkron ; argv[]=/usr/bin/dkron agent --server ; ignore_errors=no ; pid=0 }',
    );
    expect(await of(`${UNIT}.command()`)).toEqual(['/usr/bin/dkron', 'agent', '--server']);
  });

  test('variables of the unit, then of its files in their order, less what is unset', async () => {
    const [one, other] = [join(folder, 'one'), join(folder, 'other')];
    await writeFile(one, '# a comment\nDKRON_NODE_NAME="of a file"\nA=file\n\n;B=no\n');
    await writeFile(other, 'A=last\n');
    await property('Environment', '"DKRON_NODE_NAME=of the unit" A=unit GONE=1 C=unit');
    await property(
      'EnvironmentFiles',
      `${one} (ignore_errors=no)`,
      `${other} (ignore_errors=yes)`,
      '/none (ignore_errors=yes)',
    );
    await property('UnsetEnvironment', 'GONE');
    expect(await of(`${UNIT}.environment()`)).toMatchObject({ DKRON_NODE_NAME: 'of a file', A: 'last', C: 'unit' });
    expect(await of(`'GONE' in ${UNIT}.environment() or 'B' in ${UNIT}.environment()`)).toBe(false);
  });

  test('a variable in the command is what it stands for: many words, or a part of one', async () => {
    await command('/usr/bin/dkron', 'agent', '$OPTS', '--node-name=${NAME}-1', '--tag', 'a=$$b');
    await property('Environment', 'NAME=web "OPTS=--retry-join 10.0.0.1:8946 --bootstrap-expect=3"');
    expect(await of(`${UNIT}.settings().node_name()`)).toEqual(['web-1', 'flag']);
    expect(await of(`${UNIT}.settings().joins()`)).toEqual([['10.0.0.1:8946'], 'flag']);
    expect(await of(`${UNIT}.settings().bootstrap_expect()`)).toBe(3);
    expect(await of(`${UNIT}.settings().argv[-1]`)).toBe('a=$b');
  });
});

describe('the override of a case', () => {
  const TOLD = `{'retry-join': '10.0.0.9:8946'}`;
  const CLEAN = `{'retry-join': '10.0.0.9:8946', 'bootstrap-expect': '0'}`;
  const commandEx = (path: string, argv: readonly string[], flags: readonly string[]): Promise<void> =>
    writeFile(join(folder, 'command'), JSON.stringify({ type: 'a(sasasttttuii)', data: [[path, argv, flags]] }));
  const lines = (text = ''): string[] => text.split('\n').filter((line) => line.startsWith('ExecStart='));

  test('goes into a file of variables that is read last, where the operator has no flags', async () => {
    await command('/usr/bin/dkron', 'agent');
    await of(`${UNIT}.override('case-1', ${TOLD})`);
    const files = await written();
    expect(Object.keys(files).sort()).toEqual(['zz-requorum-case-1.conf', 'zz-requorum-case-1.env']);
    expect(files['zz-requorum-case-1.env']).toBe('DKRON_RETRY_JOIN="10.0.0.9:8946"\n');
    expect(files['zz-requorum-case-1.conf']).toContain(
      `EnvironmentFile=${units}/dkron.service.d/zz-requorum-case-1.env`,
    );
    expect(files['zz-requorum-case-1.conf']).not.toContain('ExecStart');
  });

  test('takes the place of flags where there are any, in both of their forms, and of nothing else', async () => {
    const flags = ['--retry-join=10.0.0.1:8946', '--retry-join', '10.0.0.2:8946', '--tag', 'x="5%" $$HOME'];
    await command('/usr/bin/dkron', 'agent', '--server', ...flags);
    await of(`${UNIT}.override('case-1', ${CLEAN})`);
    const files = await written(lasting);
    expect(lines(files['zz-requorum-case-1.conf'])).toEqual([
      'ExecStart=',
      'ExecStart="/usr/bin/dkron" "agent" "--server" "--tag" "x=\\"5%%\\" $$HOME" "--retry-join" "10.0.0.9:8946"',
    ]);
    expect(files['zz-requorum-case-1.env']).toBe('DKRON_BOOTSTRAP_EXPECT="0"\n');
  });

  test('of a clean start outlives a reboot: until it has a log, its own bootstrap-expect may make a cluster of it (E3)', async () => {
    await command('/usr/bin/dkron', 'agent');
    await of(`${UNIT}.override('case-1', ${CLEAN})`);
    expect(await written()).toEqual({});
    const files = await written(lasting);
    expect(files['zz-requorum-case-1.env']).toBe('DKRON_RETRY_JOIN="10.0.0.9:8946"\nDKRON_BOOTSTRAP_EXPECT="0"\n');
    expect(files['zz-requorum-case-1.conf']).toContain(`EnvironmentFile=${lasting}/`);
    expect(await of(`${UNIT}.remove_override('case-1')`)).toBe(true);
    expect(await readdir(lasting)).toEqual([]);
  });

  test('keeps what stands before the command, and refuses a command that it cannot write again', async () => {
    const argv = ['/usr/bin/dkron', 'agent', '--retry-join', '10.0.0.1:8946'];
    await commandEx('/usr/bin/dkron', argv, ['ignore-failure', 'privileged']);
    await of(`${UNIT}.override('case-1', ${TOLD})`);
    expect(lines((await written())['zz-requorum-case-1.conf'])[1]).toMatch(/^ExecStart=-\+"\/usr\/bin\/dkron" "agent"/);
    for (const [path, flags] of [
      ['/usr/bin/dkron', ['no-env-expand']],
      ['/usr/bin/other', []],
    ] as const) {
      await commandEx(path, argv, flags);
      expect(await of(`${UNIT}.override('case-1', ${TOLD})`)).toMatchObject({ refused: 'NoDropIn' });
    }
  });

  test('of flags is refused without D-Bus, which alone tells where a word ends', async () => {
    await writeFile(join(folder, 'busctl'), '#!/bin/sh\nexit 1\n');
    await property(
      'ExecStart',
      '{ path=/usr/bin/dkron ; argv[]=/usr/bin/dkron agent --retry-join a ; ignore_errors=no }',
    );
    expect(await of(`${UNIT}.override('case-1', ${TOLD})`)).toMatchObject({ refused: 'NoDropIn' });
    expect(await written()).toEqual({});
  });

  test('goes without a trace, and says whether it was there', async () => {
    await command('/usr/bin/dkron', 'agent');
    await of(`${UNIT}.override('case-1', ${TOLD})`);
    expect(await of(`${UNIT}.remove_override('case-1')`)).toBe(true);
    expect(await readdir(units)).toEqual([]);
    expect(await of(`${UNIT}.remove_override('case-1')`)).toBe(false);
  });

  test("an operator's own drop-in stays", async () => {
    await mkdir(join(units, 'dkron.service.d'));
    await writeFile(join(units, 'dkron.service.d', 'own.conf'), '[Service]\nNice=5\n');
    await of(`${UNIT}.override('case-1', ${TOLD})`);
    await of(`${UNIT}.remove_override('case-1')`);
    expect(await written()).toEqual({ 'own.conf': '[Service]\nNice=5\n' });
  });
});

describe('a stop', () => {
  const calls = async (): Promise<string[]> =>
    (await readFile(join(folder, 'calls'), 'utf8')).split('\n').filter((line) => line && !line.startsWith('show'));

  test('is told only when nothing can be restarted any more, runs no command of the operator, and leaves no trace', async () => {
    await property('ActiveState', 'active');
    await of(`${UNIT}.stop()`);
    const stop = '-- dkron.service';
    expect(await calls()).toEqual(['daemon-reload', `stop ${stop}`, `reset-failed ${stop}`, 'daemon-reload']);
    const [atStop] = (await readFile(join(folder, 'read'), 'utf8')).split('--\n');
    for (const line of ['Restart=no', 'KillSignal=SIGKILL', 'ExecStop=', 'ExecStopPost='])
      expect(atStop?.split('\n')).toContain(line);
    expect(await readdir(units)).toEqual([]);
  });

  test('of a service that had failed leaves it failed, as it was found', async () => {
    await property('ActiveState', 'failed');
    await of(`${UNIT}.stop()`);
    expect((await calls()).join()).not.toContain('reset-failed');
  });
});

describe('a service that Dkron was found in', () => {
  test('is its own where its command is Dkron, or a script became Dkron', async () => {
    await command('/usr/bin/dkron', 'agent', '--server');
    await property('MainPID', '7');
    expect(await of(`${UNIT}.is_for(8)`)).toBe(true);
    await command('/opt/start.sh');
    expect(await of(`${UNIT}.is_for(7)`)).toBe(true);
  });

  test('is another where somebody started Dkron by hand through it: it would be stopped with all that it runs', async () => {
    await command('/usr/bin/amazon-ssm-agent');
    await property('MainPID', '7');
    expect(await of(`systemd.Systemd('amazon-ssm-agent').is_for(8)`)).toBe(false);
  });
});

describe('a service that is there', () => {
  test.each([
    ["Dkron's own", ['/usr/bin/dkron', 'agent'], true],
    ['a supervisord, with which everything that it runs would stop', ['/usr/bin/supervisord', '-n'], false],
    ['the same by its interpreter', ['/usr/bin/python3', '/usr/local/bin/supervisord', '-c', '/etc/dkron.conf'], false],
  ])('may be stopped or not: %s', async (_, argv, may) => {
    await property('LoadState', 'loaded');
    await command(...argv);
    expect(await of(`${UNIT}.known()`)).toBe(may);
  });
});

test('a service that waits for its restart is not at rest', async () => {
  await property('ActiveState', 'activating');
  expect(await of(`[${UNIT}.at_rest(), ${UNIT}.active()]`)).toEqual([false, true]);
  await property('ActiveState', 'failed');
  expect(await of(`[${UNIT}.at_rest(), ${UNIT}.active()]`)).toEqual([true, false]);
});
