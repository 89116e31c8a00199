import { readlink } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { Lab } from '../../lab/lab';
import { processesOf } from '../../lab/launcher';
import { prepare } from '../../lab/prepare';

describe('the Dkron of a lab', () => {
  const given = process.env.DKRON_BIN;
  afterEach(() => {
    delete process.env.DKRON_BIN;
    if (given !== undefined) process.env.DKRON_BIN = given;
  });

  it('is v4.0.5, or whatever DKRON_BIN names in its place; another version is not replaced', async () => {
    const binaryOf = async (options = {}) => (await prepare(() => undefined, options)).dkron;
    delete process.env.DKRON_BIN;
    const versions = [await binaryOf(), await binaryOf({ dkron: 'v3.1.7' })];
    expect(versions.map((path) => basename(path))).toEqual(['v4.0.5', 'v3.1.7']);
    process.env.DKRON_BIN = process.execPath;
    expect([await binaryOf(), await binaryOf({ dkron: 'v3.1.7' })]).toEqual([process.execPath, versions[1]]);
  });

  it('is v3.1.7 on every host when that is asked for, and gets a leader', async () => {
    const lab = await Lab.up({ servers: 3, dkron: 'v3.1.7' });
    try {
      await lab.startCluster();
      expect(await lab.addJobs(3)).toBe(3);
      const pids = await processesOf(lab.about.directory);
      const programs = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/exe`).catch(() => '')));
      const dkrons = programs.filter((path) => dirname(path).endsWith('/dkron')).map((path) => basename(path));
      expect(dkrons).toEqual(['v3.1.7', 'v3.1.7', 'v3.1.7']);
    } finally {
      await lab.down();
    }
  });
});
