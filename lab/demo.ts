import { followCase } from '../lib/cli/follow';
import { type Host, declineHost, yesHost } from '../lib/cli/host';
import { CliProblem, EXIT, exitOf } from '../lib/cli/problem';
import { reportKey } from '../lib/cli/show-report';
import { Terminal } from '../lib/cli/terminal';
import { terminalHost } from '../lib/cli/terminal-host';
import type { Report } from '../lib/recovery/report';
import { caseOpenedByAlarm, saveReport } from './demo-case';
import { Stages } from './demo-stages';
import { apiOf } from './door';
import { CLUSTER, Lab } from './lab';
import { howToLookAround } from './look-around';
import type { HostKind } from './prepare';

const JOBS = 20;

export interface DemoOptions {
  readonly servers: number;
  /** @default the smallest number that loses the quorum */
  readonly lose?: number;
  readonly hosts: HostKind;
  readonly yes: boolean;
  readonly keep: boolean;
  readonly json: boolean;
}

/** The main job before your eyes: a cluster, an outage, an alarm, a plan, a question, a proof. Gives the exit code. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const terminal = new Terminal(
    { input: process.stdin, out: process.stdout, err: process.stderr, env: process.env },
    { humanToStderr: options.json },
  );
  const lose = options.lose ?? Math.ceil(options.servers / 2);
  if (lose >= options.servers || lose < options.servers / 2) {
    terminal.say([
      `${options.servers} servers: --lose takes ${Math.ceil(options.servers / 2)} to ${options.servers - 1}.`,
    ]);
    return EXIT.usage;
  }
  const stages = new Stages(terminal);
  let lab: Lab | null = null;
  let interrupted = false;
  const onInterrupt = (): void => {
    if (interrupted) return;
    interrupted = true;
    stages.stop();
    terminal.say(['', 'Interrupted: ending the lab and every server in it…']);
    void (lab?.down() ?? Promise.resolve()).finally(() => process.exit(EXIT.interrupted));
  };
  process.on('SIGINT', onInterrupt).on('SIGTERM', onInterrupt);
  try {
    const { servers, hosts, keep } = options;
    lab = await Lab.up({ servers, hosts, keep, progress: stages.progress('Lab') });
    const up = lab;
    await stages.run('Deploy', 'cdk deploy of the unmodified app', (progress) => up.deploy(progress));
    await stages.run('Cluster', `${options.servers} Dkron servers and ${JOBS} jobs`, (progress) =>
      startCluster(up, progress),
    );
    const api = apiOf(up);
    await stages.run('Inventory', 'what is there in good times', () => api.refreshInventory(CLUSTER));
    const story = await stages.run('Outage', 'the servers are lost', () => breakCluster(up, lose));
    const caseId = await stages.run('Alarm', 'the alarm opens a case', async () => {
      await up.raiseAlarm();
      return caseOpenedByAlarm(api, CLUSTER);
    });
    stages.stop();
    terminal.say(story.map((line) => `    ${line}`));
    const view = await followCase(api, caseId, hostFor(options, terminal));
    const path = view.report && (await saveReport(up, view.report));
    if (path) terminal.say([`  Report: ${path}`, '']);
    if (options.json) terminal.data(JSON.stringify(summary(view.report, path)));
    return view.report?.outcome === 'recovered' ? EXIT.well : exitOf(view.case.outcome ?? 'failed') || EXIT.failed;
  } catch (thrown) {
    stages.stop();
    terminal.say(lines(thrown));
    return EXIT.failed;
  } finally {
    if (lab && options.keep) terminal.say(howToLookAround(lab));
    else if (!interrupted) await lab?.down();
  }
}

async function startCluster(lab: Lab, progress: (says: string) => void): Promise<void> {
  const leader = await lab.startCluster(progress);
  progress(`${leader.serverId} leads; adding ${JOBS} jobs`);
  await lab.addJobs(JOBS);
}

/** All but one of the lost servers go with their disks; the last one runs on, silent, its agent disconnected. */
async function breakCluster(lab: Lab, lose: number): Promise<readonly string[]> {
  const lost = lab.hosts.slice(-lose).map((host) => host.serverId);
  const impaired = lost[lost.length - 1];
  const terminated = lost.slice(0, -1);
  for (const id of terminated) await lab.terminate(id);
  if (impaired) await lab.impair(impaired);
  await lab.untilLeaderless();
  return [
    ...terminated.map((id) => `${id} was terminated, and its disk is gone.`),
    `${impaired ?? ''} still runs, but is silent, and its agent is disconnected.`,
  ];
}

function hostFor(options: DemoOptions, terminal: Terminal): Host {
  const host = terminalHost(terminal);
  if (options.yes) return yesHost(host);
  return terminal.interactive ? host : declineHost(host);
}

/** The last line of --json. */
function summary(report: Report | null, path: string | null) {
  return {
    outcome: report?.outcome ?? 'failed',
    leader: report?.leader ?? null,
    jobsBefore: report?.jobsBefore ?? null,
    jobsAfter: report?.jobsAfter ?? null,
    seconds: report?.seconds ?? null,
    report: path ?? (report ? reportKey(report) : null),
  };
}

function lines(thrown: unknown): string[] {
  if (thrown instanceof CliProblem) return [thrown.says, `→ ${thrown.nextStep}`];
  return [thrown instanceof Error ? thrown.message : String(thrown)];
}
