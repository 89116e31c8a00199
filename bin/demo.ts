import { Command, InvalidArgumentError, Option } from 'commander';
import { runDemo } from '../lab/demo';
import { HOST_KINDS } from '../lab/prepare';

// The AWS SDK warns about Node 20 at every start; the functions themselves run on a newer runtime.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const count =
  (least: number, most: number) =>
  (typed: string): number => {
    const value = Number(typed);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`a whole number from ${least} to ${most}.`);
  };

const program = new Command('demo')
  .description('A real Dkron cluster loses its quorum on this machine, and Requorum brings it back.')
  .option('--servers <n>', 'servers of the cluster', count(3, 7), 3)
  .option(
    '--lose <n>',
    'servers it loses: all but one with their disks, one impaired (default: the smallest majority)',
    count(2, 6),
  )
  .addOption(new Option('--hosts <kind>', 'what a host is (docs/hosts.md)').choices(HOST_KINDS).default(HOST_KINDS[0]))
  .option('--yes', 'answer every question of the gates with yes, for scripts', false)
  .option('--keep', 'leave the lab up and print how to look around', false)
  .option('--json', 'one JSON line at the end on stdout; everything for people on stderr', false)
  .parse();

void runDemo(program.opts()).then((exit) => {
  process.exitCode = exit;
});
