import { CommanderError } from 'commander';
import type { Command } from 'commander';
import type { Context, Surroundings } from './context';
import { connect } from './endpoint';
import type { Exit } from './problem';
import { CliProblem, EXIT } from './problem';
import type { GlobalOptions, Run } from './program';
import { programOf } from './program';
import { Terminal } from './terminal';

const unforeseen = (thrown: unknown): CliProblem => {
  const says = thrown instanceof Error ? thrown.message : String(thrown);
  const nextStep = 'Run it again with --debug and report what it prints.';
  return new CliProblem(EXIT.failed, 'Unexpected', says, nextStep, { cause: thrown });
};

const tell = (terminal: Terminal, problem: CliProblem, options: GlobalOptions): Exit => {
  const { code, says, nextStep, exit } = problem;
  terminal.say([terminal.ink.red(says), ...(nextStep === '' ? [] : [`  → ${nextStep}`])]);
  if (options.debug === true) terminal.say([String(problem.stack), String(problem.cause)]);
  if (options.json === true) terminal.data(JSON.stringify({ error: code, says, nextStep, exit }));
  return exit;
};

const quiet = (command: Command, { streams }: Surroundings): void => {
  command.exitOverride().configureOutput({
    writeOut: (text) => streams.out.write(text),
    writeErr: (text) => streams.err.write(text),
    getOutHelpWidth: () => streams.out.columns ?? 100,
  });
  for (const child of command.commands) quiet(child, { streams });
};

/** Text for people leaves stdout alone when stdout is for data: --json, or the plan by hand. */
const isForData = (options: object): boolean =>
  ('json' in options && options.json === true) || ('byHand' in options && options.byHand === true);

/** Runs one command line and gives its exit code. Never throws, never ends the process. */
export const main = async (args: readonly string[], surroundings: Surroundings): Promise<Exit> => {
  const { streams } = surroundings;
  let exit: Exit = EXIT.well;
  const run: Run = (command) => async (options) => {
    const globals: GlobalOptions = program.opts();
    const humanToStderr = isForData(globals) || isForData(Object(options) as object);
    const terminal = new Terminal(streams, { humanToStderr });
    const context: Context = {
      terminal,
      connect: () => connect(globals, streams.env),
      follow: surroundings.follow ?? {},
    };
    try {
      const ending = await command(context, options);
      if (globals.json === true) terminal.data(JSON.stringify(ending.json));
      exit = ending.exit;
    } catch (thrown) {
      const problem = thrown instanceof CliProblem ? thrown : unforeseen(thrown);
      exit = tell(terminal, problem, globals);
    }
  };
  const program = programOf(run);
  quiet(program, surroundings);
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    exit = thrown.exitCode === 0 ? EXIT.well : EXIT.usage;
  }
  return exit;
};
