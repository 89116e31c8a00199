import { connect } from 'node:net';

/** What a connect comes to: heard, refused at once, or nothing at all for as long as we wait. */
export type Answer = 'open' | 'refused' | 'unreachable' | 'silent';

export const DKRON_PORTS = [6868, 8080, 8946] as const;

/** From this machine, which is the first address of the hosts' network. */
export function knock(address: string, port: number, milliseconds = 4_500): Promise<Answer> {
  return new Promise((done) => {
    const socket = connect(port, address);
    const end = (answer: Answer): void => {
      clearTimeout(timer);
      socket.destroy();
      done(answer);
    };
    const timer = setTimeout(() => end('silent'), milliseconds);
    socket.on('connect', () => end('open'));
    socket.on('error', (problem: NodeJS.ErrnoException) =>
      end(problem.code === 'ECONNREFUSED' || problem.code === 'ECONNRESET' ? 'refused' : 'unreachable'),
    );
  });
}

export const knockAll = (address: string, milliseconds?: number): Promise<Answer[]> =>
  Promise.all(DKRON_PORTS.map((port) => knock(address, port, milliseconds)));

/** A script for a host that prints what a connect from there comes to; `timeout` ends with 124. */
export const knockFrom = (address: string, port: number): string =>
  `timeout 2 python3 -c 'import socket; socket.create_connection(("${address}", ${port}))' 2>/dev/null; echo $?`;
