import { Server, ServerCredentials } from '@grpc/grpc-js';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import type { Target } from '../../lib/recovery/boundary';
import { DkronService } from '../../proto/gen/dkron/dkron';
import type { RaftServer } from '../../proto/gen/dkron/dkron';

/*
 * A Dkron server as the prober sees it, in this process: one gRPC port, one HTTP port, on a loopback address.
 *
 * What it promises, as measured on real servers (facts/dkron §2, §11):
 * - gRPC: RaftGetConfiguration under one full service name; any other name is UNIMPLEMENTED; `silent` accepts the call
 *   and never answers.
 * - HTTP: the pages given, by path; a page of `hang` never answers, `flood` sends without end; others are gin's 404.
 * - It writes nothing and counts what it was asked.
 */
export interface FakeDkronOptions {
  readonly address?: string;
  /** Ports of a server that was there before; else any free ones. */
  readonly ports?: { readonly rpc: number; readonly http: number };
  readonly service?: 'types.Dkron' | 'types.v1.Dkron' | 'proto.Dkron';
  readonly servers?: readonly Partial<RaftServer>[];
  readonly silent?: boolean;
  readonly pages?: Readonly<Record<string, Page>>;
}
type Page = { readonly status: number; readonly body: string } | 'hang' | 'flood';

export interface FakeDkron {
  readonly target: Target;
  /** Paths and calls in the order they came. */
  readonly asked: readonly string[];
  readonly setPage: (path: string, page: Page) => void;
  readonly close: () => Promise<void>;
}

const server = (given: Partial<RaftServer>): RaftServer => ({
  id: 'dkron-1',
  node: '(unknown)',
  address: '127.0.0.1:6868',
  leader: false,
  voter: true,
  raftProtocol: 'unknown',
  ...given,
});

/** Pages of a server that leads. */
export const leaderPages = (id: string, rpcAddr: string): Record<string, Page> => ({
  '/v1/leader': { status: 200, body: JSON.stringify({ Name: id, Addr: '127.0.0.1', Tags: { rpc_addr: rpcAddr } }) },
  '/v1/isleader': { status: 200, body: '"I am a leader"' },
  '/v1/members': { status: 200, body: '[]' },
});

/** Pages of a server without quorum. */
export const quorumlessPages: Record<string, Page> = {
  '/v1/leader': { status: 500, body: 'null' },
  '/v1/isleader': { status: 404, body: '"I am a follower"' },
  '/v1/members': { status: 200, body: '[]' },
};

const startGrpc = async (options: FakeDkronOptions, address: string, asked: string[]) => {
  const grpc = new Server();
  const service = options.service ?? 'types.Dkron';
  const path = `/${service}/RaftGetConfiguration`;
  grpc.addService(
    { raftGetConfiguration: { ...DkronService.raftGetConfiguration, path } },
    {
      raftGetConfiguration: (_call: unknown, reply: (error: null, value: unknown) => void) => {
        asked.push(path);
        if (!options.silent) reply(null, { servers: (options.servers ?? [{}]).map(server), index: 0 });
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) =>
    grpc.bindAsync(`${address}:${options.ports?.rpc ?? 0}`, ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { grpc, port };
};

const startHttp = async (pages: Map<string, Page>, address: string, asked: string[], wanted: number) => {
  const sockets = new Set<Socket>();
  const http = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(`${request.method} ${path}`);
    const page = pages.get(path) ?? { status: 404, body: '404 page not found' };
    if (page === 'hang') return;
    if (page === 'flood') {
      const pour = () => {
        while (!response.destroyed && response.write('x'.repeat(64 * 1024)));
        if (!response.destroyed) response.once('drain', pour);
      };
      pour();
      return;
    }
    response.writeHead(page.status).end(page.body);
  });
  http.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => http.listen(wanted, address, resolve));
  const bound = http.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  const close = () =>
    new Promise<void>((resolve) => {
      http.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return { port: bound.port, close };
};

export const startFakeDkron = async (options: FakeDkronOptions = {}): Promise<FakeDkron> => {
  const address = options.address ?? '127.0.0.1';
  const asked: string[] = [];
  const pages = new Map(Object.entries(options.pages ?? quorumlessPages));
  const { grpc, port } = await startGrpc(options, address, asked);
  const http = await startHttp(pages, address, asked, options.ports?.http ?? 0);
  return {
    target: { address, rpc: port, http: http.port },
    asked,
    setPage: (path, page) => void pages.set(path, page),
    close: async () => {
      grpc.forceShutdown();
      await http.close();
    },
  };
};
