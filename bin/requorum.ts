import { main } from '../lib/cli/main';

// Which Node is supported is package.json's word; a warning before every answer would hide the answer.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const streams = { input: process.stdin, out: process.stdout, err: process.stderr, env: process.env };

void main(process.argv.slice(2), { streams }).then((exit) => {
  process.exitCode = exit;
});
