import { createServer } from 'node:net';
import type { Target } from '../../../lib/recovery/boundary';
import { dkronGrpc } from '../../../lambdas/adapters/dkron-grpc';
import { log } from '../../../lambdas/adapters/log';
import { handler } from '../../../lambdas/probe/handler';
import {
  leaderPages,
  quorumlessPages,
  startFakeDkron,
  type FakeDkron,
  type FakeDkronOptions,
} from '../../support/fake-dkron';

const started: { close(): Promise<void> }[] = [];
const fake = async (options?: FakeDkronOptions): Promise<FakeDkron> => {
  const server = await startFakeDkron(options);
  started.push(server);
  return server;
};
beforeEach(() => log.setLogLevel('SILENT'));
afterEach(async () => {
  for (const server of started.splice(0)) await server.close();
});

const probe = async (targets: readonly Target[], more: Record<string, unknown> = {}) =>
  handler({ action: 'probe', targets, deadlineMs: 1500, ...more });
const probeOne = async (target: Target, more: Record<string, unknown> = {}) => {
  const { reports } = await probe([target], more);
  const [report] = reports;
  if (!report) throw new Error('no report');
  return report;
};

describe('the configuration over gRPC', () => {
  test.each(['types.Dkron', 'types.v1.Dkron'] as const)(
    'is read from a server that calls its service %s',
    async (service) => {
      const { target } = await fake({ service, servers: [{ id: 'dkron-7', address: '127.0.0.7:6868', voter: false }] });
      const { raft } = await probeOne(target);
      expect(raft).toEqual({
        outcome: 'answered',
        service,
        servers: [{ id: 'dkron-7', address: '127.0.0.7:6868', suffrage: 'nonvoter', leader: false }],
      });
    },
  );

  test('is asked for under the name that worked the last time', async () => {
    const server = await fake({ service: 'types.v1.Dkron' });
    const ask = dkronGrpc();
    const soon = () => new Date(Date.now() + 1500);
    await ask(server.target, soon());
    const renamed = await fake({ service: 'types.Dkron' });
    await ask(renamed.target, soon());
    const again = await ask(server.target, soon());
    expect(again).toMatchObject({ outcome: 'answered', service: 'types.v1.Dkron' });
    expect(server.asked).toEqual(Array(2).fill('/types.v1.Dkron/RaftGetConfiguration'));
  });

  test('is absent where neither name is served', async () => {
    const { target } = await fake({ service: 'proto.Dkron' });
    expect((await probeOne(target)).raft.outcome).toBe('absent');
  });

  test('is timed-out when the server accepts the call and stays silent', async () => {
    const { target, asked } = await fake({ silent: true });
    expect((await probeOne(target, { deadlineMs: 400 })).raft.outcome).toBe('timed-out');
    expect(asked).toContain('/types.Dkron/RaftGetConfiguration');
  });

  test('is failed when it names a server by what cannot be a node name', async () => {
    const { target } = await fake({ servers: [{ id: '../../etc' }] });
    expect((await probeOne(target)).raft).toMatchObject({ outcome: 'failed', detail: /not a configuration/ });
  });
});

describe('an address where nothing listens', () => {
  test('is refused, on both ports', async () => {
    const { target, close } = await startFakeDkron();
    await close();
    const report = await probeOne(target);
    expect([report.raft, report.leader, report.isLeader, report.members].map(({ outcome }) => outcome)).toEqual(
      Array(4).fill('refused'),
    );
  });

  test('is timed-out, on both ports, when it takes connections and says nothing', async () => {
    const mute = createServer(() => undefined);
    const sockets = new Set<{ destroy(): void }>();
    mute.on('connection', (socket) => sockets.add(socket));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    started.push({
      close: () =>
        new Promise((resolve) => {
          mute.close(() => resolve());
          for (const socket of sockets) socket.destroy();
        }),
    });
    const bound = mute.address();
    if (bound === null || typeof bound === 'string') throw new Error('no port');
    const begun = Date.now();
    const report = await probeOne({ address: '127.0.0.1', rpc: bound.port, http: bound.port }, { deadlineMs: 400 });
    expect([report.raft, report.leader, report.isLeader, report.members].map(({ outcome }) => outcome)).toEqual(
      Array(4).fill('timed-out'),
    );
    expect(Date.now() - begun).toBeLessThan(2000);
  });

  test('is failed, not thrown, when its port cannot exist', async () => {
    const report = await probeOne({ address: '127.0.0.1', rpc: 70000, http: 70000 });
    expect(report.leader.outcome).toBe('failed');
    expect(report.raft.outcome).not.toBe('answered');
  });
});

describe('the leader over HTTP', () => {
  test('is the member that /v1/leader names with its rpc_addr', async () => {
    const { target } = await fake({ pages: leaderPages('dkron-1', '127.0.0.1:6868') });
    const report = await probeOne(target);
    expect(report.leader).toEqual({
      outcome: 'answered',
      status: 200,
      leader: { id: 'dkron-1', rpcAddr: '127.0.0.1:6868' },
    });
    expect(report.isLeader).toEqual({ outcome: 'answered', leads: true, status: 200 });
  });

  test('has no rpc_addr when 200 comes without the tag', async () => {
    const page = { status: 200, body: JSON.stringify({ Name: 'dkron-1', Tags: { server: 'true' } }) };
    const { target } = await fake({ pages: { ...quorumlessPages, '/v1/leader': page } });
    expect((await probeOne(target)).leader).toMatchObject({ leader: { id: 'dkron-1', rpcAddr: null } });
  });

  test.each([
    ['500 null (v3, v4)', { status: 500, body: 'null' }],
    ['an empty 200 (v2)', { status: 200, body: '' }],
    ['404 null', { status: 404, body: 'null' }],
  ])('is nobody when the answer is %s', async (_, page) => {
    const { target } = await fake({ pages: { '/v1/leader': page } });
    expect((await probeOne(target)).leader).toEqual({ outcome: 'answered', leader: null, status: page.status });
  });

  test.each([
    ['absent', { status: 404, body: '404 page not found' }],
    ['failed', { status: 500, body: '' }],
    ['failed', { status: 200, body: '<html>' }],
    ['failed', { status: 200, body: JSON.stringify({ Name: 'a b' }) }],
  ])('is %s when the answer is %j', async (outcome, page) => {
    const { target } = await fake({ pages: { '/v1/leader': page } });
    expect((await probeOne(target)).leader.outcome).toBe(outcome);
  });

  test('a follower says so with 404; 404 without its words is a route that is absent; 500 is failed', async () => {
    const isLeader = async (status: number, body: string) => {
      const { target } = await fake({ pages: { '/v1/isleader': { status, body } } });
      return (await probeOne(target)).isLeader;
    };
    expect(await isLeader(404, '"I am a follower"')).toEqual({ outcome: 'answered', leads: false, status: 404 });
    expect((await isLeader(404, '404 page not found')).outcome).toBe('absent');
    expect((await isLeader(500, '')).outcome).toBe('failed');
  });
});

describe('bad luck over HTTP', () => {
  test('a page that hangs is timed-out and does not take the other answers with it', async () => {
    const { target } = await fake({ pages: { ...quorumlessPages, '/v1/members': 'hang' } });
    const report = await probeOne(target, { deadlineMs: 400 });
    expect(report.members.outcome).toBe('timed-out');
    expect(report.leader.outcome).toBe('answered');
    expect(report.raft.outcome).toBe('answered');
  });

  test('a body without end is cut at one megabyte and is failed', async () => {
    const { target } = await fake({ pages: { ...quorumlessPages, '/v1/members': 'flood' } });
    expect((await probeOne(target)).members).toMatchObject({ outcome: 'failed', detail: /more than 1048576 bytes/ });
  });
});

describe('gossip', () => {
  const member = (name: string, tags: Record<string, string>) => ({
    Name: name,
    Addr: '127.0.0.1',
    Tags: tags,
    statusText: 'alive',
  });

  test('tells servers from agent nodes, and keeps every server when there are a thousand agent nodes', async () => {
    const agents = Array.from({ length: 1000 }, (_, n) => member(`agent-${n}`, {}));
    const servers = [member('dkron-1', { server: 'true', rpc_addr: '127.0.0.1:6868' })];
    const page = { status: 200, body: JSON.stringify([...agents, ...servers]) };
    const { target } = await fake({ pages: { '/v1/members': page } });
    const { members } = await probeOne(target);
    if (members.outcome !== 'answered') throw new Error(members.detail);
    expect(members.members[0]).toEqual({
      name: 'dkron-1',
      address: '127.0.0.1',
      status: 'alive',
      server: true,
      rpcAddr: '127.0.0.1:6868',
    });
    expect(members.members).toHaveLength(64);
  });
});

describe('looking until there is a leader', () => {
  test('ends as soon as one is confirmed, though another address stays silent', async () => {
    const survivor = await fake();
    const silent = await fake({ silent: true, pages: { '/v1/leader': 'hang', '/v1/isleader': 'hang' } });
    const rpcAddr = `${survivor.target.address}:${survivor.target.rpc}`;
    setTimeout(() => {
      for (const [path, page] of Object.entries(leaderPages('dkron-1', rpcAddr))) survivor.setPage(path, page);
    }, 400);
    const begun = Date.now();
    const { reports } = await probe([survivor.target, silent.target], { untilLeader: true, deadlineMs: 20_000 });
    expect(Date.now() - begun).toBeLessThan(5000);
    expect(reports[0]?.leader).toMatchObject({ leader: { id: 'dkron-1' } });
    expect(reports[0]?.isLeader).toMatchObject({ leads: true });
    expect(reports).toHaveLength(2);
  });

  test('gives what it saw when the deadline comes without one', async () => {
    const survivor = await fake();
    const { reports } = await probe([survivor.target], { untilLeader: true, deadlineMs: 3000 });
    expect(reports[0]?.leader).toEqual({ outcome: 'answered', leader: null, status: 500 });
    expect(survivor.asked.filter((asked) => asked === 'GET /v1/leader').length).toBeGreaterThan(1);
  });

  test('a server that refused a moment ago is seen when it is up again', async () => {
    const { target, close } = await startFakeDkron();
    await close();
    setTimeout(() => void fake({ ports: target, pages: leaderPages('dkron-1', `127.0.0.1:${target.rpc}`) }), 300);
    const { reports } = await probe([target], { untilLeader: true, deadlineMs: 10_000 });
    expect(reports[0]?.isLeader).toMatchObject({ leads: true });
    expect(reports[0]?.raft.outcome).toBe('answered');
  });
});

test('the prober asks for nothing but reads', async () => {
  const server = await fake();
  await probeOne(server.target);
  expect([...server.asked].sort()).toEqual(
    ['/types.Dkron/RaftGetConfiguration', 'GET /v1/isleader', 'GET /v1/leader', 'GET /v1/members'].sort(),
  );
});
