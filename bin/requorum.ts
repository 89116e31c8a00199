import { main } from '../lib/cli/main';

const streams = { input: process.stdin, out: process.stdout, err: process.stderr, env: process.env };

void main(process.argv.slice(2), { streams }).then((exit) => {
  process.exitCode = exit;
});
