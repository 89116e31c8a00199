import { evaluate } from './support/python';

/** The control group of process 7, where process 1 and 7 are in these. */
const groupOf = (first: readonly string[], seventh: readonly string[]): Promise<unknown> =>
  evaluate(
    'procfs',
    `(setattr(procfs, 'read_proc', lambda pid, name: words[0 if pid == 1 else 1].encode()), procfs.control_group(7))[1]`,
    first.join('\n'),
    seventh.join('\n'),
  );

const SERVICE = '/system.slice/dkron.service';

describe('the control group of a process, as the manager of services knows it', () => {
  test('is of version 2 where that is all there is', async () => {
    expect(await groupOf(['0::/init.scope'], [`0::${SERVICE}`])).toBe(SERVICE);
  });

  test('is of version 1 where the manager lives there, with version 2 beside it', async () => {
    const first = ['9:name=systemd:/init.scope', '8:pids:/', '0::/init.scope'];
    expect(await groupOf(first, [`9:name=systemd:${SERVICE}`, '8:pids:/', `0::/user.slice`])).toBe(SERVICE);
  });

  test('is of version 2 where somebody mounted one of version 1 beside it for old containers', async () => {
    expect(await groupOf(['2:name=systemd:/', '0::/init.scope'], ['2:name=systemd:/', `0::${SERVICE}`])).toBe(SERVICE);
  });

  test('is seen from inside where the host is a container itself', async () => {
    expect(await groupOf(['0::/libpod-1/init.scope'], [`0::/libpod-1${SERVICE}`])).toBe(SERVICE);
    expect(await groupOf(['3:name=systemd:/docker/1/init.scope'], [`3:name=systemd:/docker/1${SERVICE}`])).toBe(
      SERVICE,
    );
  });

  test('is whatever is told where the first process is no manager', async () => {
    expect(await groupOf(['0::/'], ['0::/docker/1'])).toBe('/docker/1');
    expect(await groupOf(['1:name=systemd:/', '0::/'], ['1:name=systemd:/docker/1', '0::/'])).toBe('/docker/1');
  });
});
