import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDirectory } from '../../lab/prepare';
import { evaluate } from './support/python';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'version-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const built = (path: string) => evaluate('version', 'version.built_version(*words)', path);
/** A file with Go's mark and this after it, as the linker writes it into every binary. */
const binary = async (modules: string, mark = '\xff Go buildinf:'): Promise<string> => {
  const path = join(folder, 'dkron');
  await writeFile(
    path,
    Buffer.from(`\x7fELF${'\0'.repeat(5000)}${mark}\x08\x02${'\0'.repeat(16)}${modules}`, 'latin1'),
  );
  return path;
};
const MAIN = 'path\tgithub.com/distribworks/dkron/v4\n';

/* The lab builds these; where it never ran there is nothing to look at. Its document tests ask a host that runs each. */
for (const tag of ['v4.0.5', 'v3.1.7']) {
  const path = join(cacheDirectory(), 'dkron', tag);
  (existsSync(path) ? test : test.skip)(`a real Dkron ${tag} is known by its modules`, async () => {
    expect(await built(path)).toBe(tag.slice(1));
  });
}

test.each([
  ['the module with its version', `${MAIN}mod\tgithub.com/distribworks/dkron/v4\tv4.0.9\th1:x=\n`, '4.0.9'],
  [
    'the version that somebody changed files of',
    `${MAIN}mod\tgithub.com/distribworks/dkron/v4\tv4.0.9+dirty\n`,
    '4.0.9',
  ],
  ['a build without a version', `${MAIN}mod\tgithub.com/distribworks/dkron/v4\t(devel)\t\n`, '4'],
  ['a module before the majors', 'mod\tgithub.com/distribworks/dkron\tv1.2.5\th1:x=\n', '1.2.5'],
  ['another program', 'path\tgithub.com/hashicorp/nomad\nmod\tgithub.com/hashicorp/nomad\tv1.9.0\th1:x=\n', null],
])('%s', async (_, modules, version) => {
  expect(await built(await binary(modules))).toBe(version);
});

test('the mark in a string of the program is not taken for the list of modules', async () => {
  const path = await binary(`no list here${'\0'.repeat(400_000)}\xff Go buildinf:\x08\x02${MAIN}mod\tx\tv1\n`);
  expect(await built(path)).toBe('4');
});

test.each([
  ['a file without build info', () => binary('github.com/distribworks/dkron/v4\tv4.0.5', 'no mark')],
  ['an empty file', async () => (await writeFile(join(folder, 'empty'), ''), join(folder, 'empty'))],
  ['a file that is not there', () => Promise.resolve(join(folder, 'nobody'))],
  ['a directory', () => Promise.resolve(folder)],
])('of %s no version is told', async (_, made) => {
  expect(await built(await made())).toBeNull();
});

test('the program is the file that runs, else the one that the next start would find', async () => {
  const program = (argv: string, pid: number) =>
    evaluate('version', 'version.program_of(type("S", (), {"argv": words[0].split()}), int(words[1]))', argv, `${pid}`);
  expect(await program('/opt/dkron agent', process.pid)).toBe(`/proc/${process.pid}/exe`);
  const path = await binary(MAIN);
  await chmod(path, 0o755);
  expect(await program(`${path} agent`, 0)).toBe(path);
  const found = await program('sh agent', 0);
  expect(found).toMatch(/^\/.*sh$/);
  expect(existsSync(String(found))).toBe(true);
  expect(await program('', 0)).toBe('');
});
