import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const TOOLS = ['ip', 'nsenter'];
const NEITHER =
  'neither podman nor docker is installed; Debian: ' +
  'apt-get install podman runc netavark iproute2 mmdebstrap or: apt-get install docker.io iproute2 mmdebstrap';

describe('the engine of hosts with systemd', () => {
  let bin: string;
  beforeEach(() => {
    bin = mkdtempSync(join(tmpdir(), 'bin-'));
    const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
    symlinkSync(python, join(bin, 'python3'));
  });
  afterEach(() => rmSync(bin, { recursive: true }));

  const install = (...names: readonly string[]): void => {
    for (const name of names) {
      writeFileSync(join(bin, name), '#!/bin/sh\n');
      chmodSync(join(bin, name), 0o755);
    }
  };
  /** The engine that is taken, or what is said to be lacking, on a machine with nothing but what was installed. */
  const taken = ({ wish, netavark = true }: { wish?: string; netavark?: boolean } = {}): string => {
    const program = [
      'import os, sys',
      `sys.path.insert(0, ${JSON.stringify(join(ROOT, 'lab', 'launcher'))})`,
      'import engine_podman, engines',
      'os.geteuid = lambda: 0',
      `engine_podman.NETAVARK = (${JSON.stringify(netavark ? '/' : join(bin, 'netavark'))},)`,
      'print(engines.lacking() or engines.engine().name)',
    ].join('\n');
    const env = { PATH: bin, ...(wish === undefined ? {} : { REQUORUM_ENGINE: wish }) };
    return execFileSync('python3', ['-B', '-c', program], { env, encoding: 'utf8' }).trim();
  };

  test('is podman where both are, docker where that is what there is', () => {
    install(...TOOLS, 'docker');
    expect(taken()).toBe('docker');
    install('podman');
    expect(taken()).toBe('podman');
  });

  test('is the one that is wished for, and no other in its place', () => {
    install(...TOOLS, 'podman');
    expect(taken({ wish: 'docker' })).toBe(
      'docker not installed; Debian: apt-get install docker.io iproute2 mmdebstrap',
    );
    install('docker');
    expect(taken({ wish: 'docker' })).toBe('docker');
    expect(taken({ wish: 'lxc' })).toBe('REQUORUM_ENGINE is lxc; known are podman, docker');
  });

  test('says what else to install', () => {
    install('podman');
    expect(taken({ netavark: false })).toBe(
      'netavark, ip, nsenter not installed; Debian: apt-get install podman runc netavark iproute2 mmdebstrap',
    );
    install(...TOOLS);
    expect(taken()).toBe('podman');
  });

  test('says what to install where there is neither, and the hosts are told as not run', () => {
    install(...TOOLS);
    expect(taken()).toBe(NEITHER);
    symlinkSync(process.execPath, join(bin, 'node'));
    const run = [join(ROOT, 'node_modules', '.bin', 'tsx'), join(ROOT, 'test/hosts/support/run-hosts.ts')] as const;
    const told = execFileSync(run[0], [run[1]], { cwd: ROOT, env: { PATH: bin, HOME: bin }, encoding: 'utf8' });
    const why = process.getuid?.() === 0 ? NEITHER : 'containers with addresses of their own need root';
    expect(told).toBe(`\nNOT RUN: hosts with systemd (test/hosts), because ${why}\n\n0 passed, 0 failed\n`);
  });
});
