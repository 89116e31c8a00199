import { Command } from 'commander';
import type { Context, Ending } from './context';
import { abort, approve, decline, putOff } from './commands/answer';
import { acknowledge, disable, enable } from './commands/control';
import { inventory } from './commands/inventory';
import { open } from './commands/open';
import { peers } from './commands/peers';
import { plan } from './commands/plan';
import { forServer, recover } from './commands/recover';
import { verify } from './commands/verify';
import { watch } from './commands/watch';
import { EXIT_HELP } from './problem';

export interface GlobalOptions {
  readonly endpoint?: string;
  readonly stack: string;
  readonly json?: boolean;
  readonly debug?: boolean;
}

/** Runs a command with its options as commander read them. */
export type Run = <O>(command: (context: Context, options: O) => Promise<Ending>) => (options: O) => Promise<void>;

const collect = (value: string, before: readonly string[]): string[] => [...before, value];
const CLUSTER = ['--cluster <name>', 'cluster as configured in requorum.yaml'] as const;
const CASE = ['--case <id>', 'case, as printed when it was opened'] as const;

/** The command line as people read it in --help; nothing is run here. */
export const programOf = (run: Run): Command => {
  const program = new Command('requorum')
    .description(
      'Brings a Dkron cluster back from an outage: survey, verdict, plan, approval, fences, peers.json, proof.',
    )
    .option('--endpoint <url>', 'address of Requorum (else REQUORUM_ENDPOINT, else the output of its stack)')
    .option('--stack <name>', 'CloudFormation stack whose output `Endpoint` is asked', 'Requorum')
    .option('--json', 'one JSON object on stdout; everything else goes to stderr')
    .option('--debug', 'show where an error comes from')
    .addHelpText('after', EXIT_HELP);

  program
    .command('plan')
    .description('survey the cluster and make a plan; touches nothing')
    .option(...CLUSTER)
    .option('--from <file>', 'show a planning from a file instead; needs no AWS')
    .option('--by-hand', 'print the whole plan as text with shell commands, usable without AWS')
    .action(run(plan));
  program
    .command('recover')
    .description('open a case and follow it to its end; asks before anything is touched')
    .requiredOption(...CLUSTER)
    .option('--yes', 'answer yes, for scripts; danger findings still need a person')
    .action(run(recover));
  program
    .command('approve')
    .description('say yes to the open gate of a case')
    .requiredOption(...CASE)
    .option('--plan <id>', 'only if the gate asks about this plan')
    .option('--lost <server>', 'count this server as lost; once for each', collect, [])
    .option('--override <cluster>', "override danger findings; the cluster's name, typed")
    .option('--reason <text>', 'why; required for an override')
    .action(run(approve));
  program
    .command('decline')
    .description('say no to the open gate of a case')
    .requiredOption(...CASE)
    .option('--reason <text>', 'why')
    .action(run(decline));
  program
    .command('answer')
    .description('put a plan off that counts unreachable hosts as lost: wait for them, or power-cycle them first')
    .requiredOption(...CASE)
    .option('--plan <id>', 'only if the gate asks about this plan')
    .option('--wait', 'change nothing; everything is looked at again after a while')
    .option('--power-cycle <server>', 'ask for a plan that stops its host and starts it again, cut off', collect, [])
    .action(run(putOff));
  program
    .command('abort')
    .description('end a case before its point of no return; everything is put back')
    .requiredOption(...CASE)
    .requiredOption('--reason <text>', 'why')
    .action(run(abort));
  program
    .command('watch')
    .description('follow a case without answering; with --cluster the open one, else the last')
    .option(...CASE)
    .option(...CLUSTER)
    .action(run(watch));
  program
    .command('open')
    .description('print a link that signs you in on the approval page; it works once, within five minutes')
    .option(...CASE)
    .action(run(open));
  program
    .command('verify')
    .description('survey the cluster and print every check; exit 0 only when it is healthy')
    .requiredOption(...CLUSTER)
    .action(run(verify));
  program
    .command('peers')
    .description('what `dkron raft list-peers` prints, as every server has it, and who really answers')
    .requiredOption(...CLUSTER)
    .action(run(peers));
  program
    .command('retire')
    .description('take a server out for good while the quorum works; asks before anything is touched')
    .requiredOption(...CLUSTER)
    .requiredOption('--server <id>', 'Raft id of the server, as `requorum peers` prints it')
    .option('--yes', 'answer yes, for scripts; danger findings still need a person')
    .action(run(forServer('retire')));
  program
    .command('readmit')
    .description('let a fenced server back in with an empty data-dir; its old data is kept aside; asks first')
    .requiredOption(...CLUSTER)
    .requiredOption('--server <id>', 'Raft id of the server, as the report of its case names it')
    .option('--yes', 'answer yes, for scripts; danger findings still need a person')
    .action(run(forServer('readmit')));
  program
    .command('replace')
    .description('launch a new host in place of a server that is out, and let it join; asks first')
    .requiredOption(...CLUSTER)
    .requiredOption('--server <id>', 'Raft id of the server that it replaces')
    .option('--yes', 'answer yes, for scripts; danger findings still need a person')
    .action(run(forServer('replace')));
  program
    .command('inventory')
    .description('what is known of the cluster from good times, who is kept out, who was declared destroyed')
    .requiredOption(...CLUSTER)
    .option('--refresh', 'look now')
    .option('--gone <server>', 'declare a server destroyed, where that cannot be proved; needs --because')
    .option('--because <text>', 'why; whoever approves a plan that rests on it reads it')
    .option('--not-gone <server>', 'take that word back')
    .action(run(inventory));
  program
    .command('disable')
    .description('let nothing act on the cluster; a case before its point of no return is put back at its next step')
    .requiredOption(...CLUSTER)
    .requiredOption('--reason <text>', 'why; whoever finds it switched off reads it')
    .action(run(disable));
  program
    .command('enable')
    .description('let Requorum act on the cluster again')
    .requiredOption(...CLUSTER)
    .action(run(enable));
  program
    .command('acknowledge')
    .description('end the cool-down after a case that an alarm opened; alarms may open the next one')
    .requiredOption(...CLUSTER)
    .action(run(acknowledge));
  return program;
};
