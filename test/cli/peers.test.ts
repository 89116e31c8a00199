import { plainInk } from '../../lib/cli/ink';
import { showPeers } from '../../lib/cli/show-peers';
import { peersOf } from '../../lib/recovery/peers';
import type { Peers } from '../../lib/recovery/peers';
import { FakeDoor } from '../support/fake-door';
import { runCli } from '../support/run-cli';
import { surveyOf } from '../support/world';
import { expectGolden } from './golden';

const seen = (servers: Parameters<typeof surveyOf>[0]['servers']): Peers =>
  peersOf(surveyOf({ servers }).survey.network);

const HEALTHY = seen({ 'dkron-1': { leads: true }, 'dkron-2': { names: 'dkron-1' }, 'dkron-3': { names: 'dkron-1' } });
const LEADER_LOST = seen({ 'dkron-1': {}, 'dkron-2': {}, 'dkron-3': { host: 'terminated' } });
const ONE_SILENT = seen({
  'dkron-1': { leads: true },
  'dkron-2': { names: 'dkron-1' },
  'dkron-3': { host: 'impaired' },
});
const TWO_CONFIGURATIONS = seen({
  'dkron-1': { leads: true, told: ['dkron-1'] },
  'dkron-2': { leads: true, told: ['dkron-2', 'dkron-3'] },
  'dkron-3': { names: 'dkron-2', told: ['dkron-2', 'dkron-3'] },
});
const NOBODY = seen({ 'dkron-1': { host: 'impaired' }, 'dkron-2': { host: 'impaired' } });

describe('requorum peers', () => {
  let door: FakeDoor;
  beforeEach(async () => {
    door = await FakeDoor.start();
  });
  afterEach(async () => {
    await door.stop();
  });

  test.each([
    ['healthy', HEALTHY],
    ['leader-lost', LEADER_LOST],
    ['one-silent', ONE_SILENT],
    ['two-configurations', TWO_CONFIGURATIONS],
    ['nobody', NOBODY],
  ])('%s reads as reviewed', (name, peers) => {
    expectGolden(`peers/${name}`, showPeers('demo', peers, { ink: plainInk, width: 80 }));
  });

  test('servers that agree and all answer are 0, and no next step is needed', async () => {
    door.peers.set('demo', HEALTHY);
    const { exit, out } = await runCli(door, ['peers', '--cluster', 'demo']);
    expect(exit).toBe(0);
    expect(out).toContain('demo: 3 peers, all answering; dkron-1 leads.');
    expect(out).not.toContain('→');
  });

  test.each([
    ['nobody leads', LEADER_LOST],
    ['one is silent', ONE_SILENT],
    ['there are two configurations', TWO_CONFIGURATIONS],
    ['nobody answers', NOBODY],
  ])('where %s it is 1, with the command that says what to do', async (_what, peers) => {
    door.peers.set('demo', peers);
    const { exit, out } = await runCli(door, ['peers', '--cluster', 'demo']);
    expect(exit).toBe(1);
    expect(out).toContain('→ what to do about it: requorum plan --cluster demo');
  });

  test('--json is one object with the peers and the problems, the table goes to stderr', async () => {
    door.peers.set('demo', ONE_SILENT);
    const { exit, out, err, json } = await runCli(door, ['peers', '--cluster', 'demo', '--json']);
    expect(exit).toBe(1);
    expect(json).toEqual({ cluster: 'demo', peers: ONE_SILENT });
    expect(ONE_SILENT.problems).toEqual(['dkron-3 does not answer (timed out)']);
    expect(out.trim().split('\n')).toHaveLength(1);
    expect(err).toContain('Node ID');
  });

  test('it opens no case', async () => {
    door.peers.set('demo', HEALTHY);
    await runCli(door, ['peers', '--cluster', 'demo']);
    expect(door.opened).toEqual([]);
  });

  test('an unknown cluster is 5', async () => {
    expect((await runCli(door, ['peers', '--cluster', 'prod'])).exit).toBe(5);
  });
});
