import { Command, InvalidArgumentError, Option } from 'commander';
import * as commands from '../lab/commands';
import { DEFAULT_DKRON, DKRON_VERSIONS, HOST_KINDS } from '../lab/prepare';

// The AWS SDK warns about Node 20 at every start; the functions themselves run on a newer runtime.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const servers = (typed: string): number => {
  const value = Number(typed);
  if (Number.isInteger(value) && value >= 1 && value <= 9) return value;
  throw new InvalidArgumentError('a whole number from 1 to 9.');
};

const program = new Command('lab').description('A local AWS with real Dkron servers on hosts that really die.');

const add = (verb: string, says: string): Command =>
  program.command(verb).description(says).option('--name <name>', 'which lab', 'lab');

add('up', 'starts a lab, deploys Requorum, starts the cluster with 20 jobs')
  .option('--servers <n>', 'servers of the cluster', servers, 3)
  .addOption(new Option('--dkron <version>', 'what every host runs').choices(DKRON_VERSIONS).default(DEFAULT_DKRON))
  .addOption(new Option('--hosts <kind>', 'what a host is (docs/hosts.md)').choices(HOST_KINDS).default(HOST_KINDS[0]))
  .option('--bare', 'hosts only: nothing deployed, nothing started', false)
  .action((options: commands.UpOptions) => run(() => commands.up(options)));
add('deploy', 'deploys the app as it is now').action((options: commands.Named) => run(() => commands.deploy(options)));
add('status', 'the hosts and who leads').action((options: commands.Named) => run(() => commands.status(options)));
add('alarm', 'raises the alarm: a case opens').action((options: commands.Named) => run(() => commands.alarm(options)));
add('page', 'the approval page in a browser of yours, until Ctrl-C').action((options: commands.Named) =>
  run(() => commands.page(options)),
);
add('down', 'ends the lab and everything in it').action((options: commands.Named) => run(() => commands.down(options)));
for (const [verb, says] of Object.entries(commands.HOST_VERBS)) {
  if (!commands.isHostVerb(verb)) continue;
  add(`${verb} <server>`, says).action((server: string, options: commands.Named) =>
    run(() => commands.onHost(verb, server, options)),
  );
}
add('logs <server>', 'where the logs of a host lie').action((server: string, options: commands.Named) =>
  run(() => commands.logs(server, options)),
);

async function run(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    console.error(thrown instanceof Error ? thrown.message : String(thrown));
    console.error('what can be done: npm run lab -- --help; docs/lab.md has the whole story');
    process.exitCode = 1;
  }
}

void program.parseAsync();
