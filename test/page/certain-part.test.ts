import { certainPart } from '../../lib/page/certain-part';
import type { Certain } from '../../lib/recovery/certain';

const HASH = 'ab'.repeat(32);
const server: Certain['servers'][number] = {
  id: 'dkron-1',
  hostId: 'i-00000001',
  approved: { lastTerm: 3, lastIndex: 117 },
  stopped: { lastTerm: 3, lastIndex: 117 },
  says: 'as approved',
  backup: { path: '/var/lib/dkron/.requorum/case/backup', files: 7, bytes: 12_345_678, sha256: 'cd'.repeat(32) },
  peersSha256: HASH,
};
const fence = {
  ...{ serverId: 'dkron-3', kind: 'quarantine-stop' as const, instanceId: 'i-00000003', proved: true },
  ...{ at: '2026-03-01T04:11:00.000Z', evidence: 'i-00000003 stopped, only in the quarantine group' },
};
type Change = Partial<Certain['servers'][number]>;
const shown = async (change: Change = {}, fences: Certain['fences'] = [fence]): Promise<string> =>
  String(await certainPart({ servers: [{ ...server, ...change }], peersSha256: HASH, fences }));
const rungs = (page: string): string[] => [...page.matchAll(/class="rung (\w+)"/g)].map(([, state]) => state ?? '');

test('what is certain is shown whole: where the log ends, the backup with its checksum, the hash from the host, the proof', async () => {
  const page = await shown();
  for (const text of ['at 3 / 117', '12.3 MB in 7 files', 'cd'.repeat(32), HASH, 'only in the quarantine group'])
    expect(page).toContain(text);
  expect(rungs(page)).toEqual(['passed', 'passed']);
});

test.each<[string, Change]>([
  ['a log that is not as approved', { says: '3 entries more than approved' }],
  ['another peers.json', { peersSha256: 'f'.repeat(64) }],
  ['a host that is not held', { stopped: null, backup: null, peersSha256: null, says: 'not held' }],
])('%s is never shown as passed', async (_, change) => {
  expect(rungs(await shown(change))[0]).toBe('pending');
});

test('another peers.json and a fence without proof are said in capitals', async () => {
  expect(await shown({ peersSha256: 'f'.repeat(64) })).toContain('NOT as approved');
  const page = await shown({}, [{ ...fence, proved: false }]);
  expect(page).toContain('is NOT fenced');
  expect(rungs(page)).toEqual(['passed', 'failed']);
});

test('what a host said is text', async () => {
  const page = await shown({ says: '<script>alert(1)</script>' }, [{ ...fence, evidence: '<img src=x onerror=y>' }]);
  expect(page).not.toMatch(/<script|<img/);
});
