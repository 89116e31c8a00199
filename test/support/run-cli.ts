import type { FollowOptions } from '../../lib/cli/follow';
import { main } from '../../lib/cli/main';
import type { Exit } from '../../lib/cli/problem';
import type { FakeDoor } from './fake-door';
import { FakeTerminal } from './fake-terminal';
import { SECRET } from './signature';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: SECRET.accessKeyId, AWS_SECRET_ACCESS_KEY: SECRET.secretAccessKey };

/** Runs one command line against a fake door, as a person with credentials in the environment would. */
export const runCli = async (
  door: Pick<FakeDoor, 'endpoint'>,
  args: readonly string[],
  options: {
    readonly terminal?: FakeTerminal;
    readonly follow?: FollowOptions;
    readonly secret?: string;
  } = {},
): Promise<{ exit: Exit; out: string; err: string; json: unknown }> => {
  const terminal = options.terminal ?? new FakeTerminal();
  const before = { ...process.env };
  Object.assign(
    process.env,
    CREDENTIALS,
    options.secret === undefined ? {} : { AWS_SECRET_ACCESS_KEY: options.secret },
  );
  try {
    const { streams } = terminal;
    const env = { ...streams.env, REQUORUM_ENDPOINT: door.endpoint, AWS_REGION: SECRET.region };
    const exit = await main(args, {
      streams: { ...streams, env },
      follow: options.follow ?? { pollMs: 5, patienceMs: 500 },
    });
    const out = terminal.out.text;
    return { exit, out, err: terminal.err.text, json: args.includes('--json') ? JSON.parse(out) : null };
  } finally {
    process.env = before;
  }
};
