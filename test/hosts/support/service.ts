import type { BenchHost } from '../../lab/support-documents/bench';

type Manager = NonNullable<BenchHost['manager']>;

/** Dkron's service as a person with a shell on the machine looks at it and drives it: each a script for `sh`. */
export interface Service {
  /** As a survey finds it. */
  readonly manager: Manager;
  /** A service that the same manager does not have. */
  readonly unknown: Manager;
  /** Prints one word, which is `running`, `stopped` or another. */
  readonly state: string;
  readonly running: string;
  readonly stopped: string;
  /** Prints the process that the manager started. */
  readonly pid: string;
  /** Prints what the operator configured, and what of it is in force. */
  readonly asOperated: string;
  /** Prints what a case has left; nothing is as it should be. */
  readonly left: string;
  readonly start: string;
  readonly restart: string;
  /** Past its manager, at once. */
  readonly kill: string;
  /** Kills it again and again, until its manager gives it up and `state` says so. */
  readonly crash: string;
  readonly givenUp: string;
  /** Prints `yes` where its manager has started it since the last boot, whatever became of that. */
  readonly tried: string;
  /** From now on its manager starts it again whenever it ends. */
  readonly alwaysRestart: string;
  readonly restartAsInstalled: string;
}

export const systemd = (unit: string): Service => {
  const manager = { kind: 'systemd', socket: '', unit };
  const ownDropIn = `/etc/systemd/system/${unit}.d/own.conf`;
  return {
    manager,
    unknown: { ...manager, unit: 'cron.service' },
    state: `systemctl show ${unit} --property ActiveState --value`,
    running: 'active',
    stopped: 'inactive',
    pid: `systemctl show ${unit} --property MainPID --value`,
    asOperated: `systemctl is-enabled ${unit}; systemctl show ${unit} --property DropInPaths,Restart; cat ${ownDropIn} 2>/dev/null || true`,
    left: 'find /run/systemd/system /etc/systemd/system -name "*requorum*"; find /run/systemd/system -type d -name "dkron*"',
    start: `systemctl start ${unit} || true`,
    restart: `systemctl reset-failed ${unit}; systemctl restart ${unit}`,
    kill: `systemctl kill -s SIGKILL ${unit}`,
    crash: `for n in 1 2 3 4 5 6 7 8; do systemctl start ${unit}; systemctl kill -s SIGKILL ${unit}; sleep 0.1; done; true`,
    givenUp: 'failed',
    tried: `[ $(systemctl show ${unit} --property ExecMainStartTimestampMonotonic --value) = 0 ] || echo yes`,
    alwaysRestart: `mkdir -p $(dirname ${ownDropIn}) && printf "[Service]\\nRestart=always\\nRestartSec=0\\n" > ${ownDropIn} && systemctl daemon-reload`,
    restartAsInstalled: `rm -r $(dirname ${ownDropIn}); systemctl daemon-reload`,
  };
};

const PROGRAM = '/etc/supervisor/conf.d/dkron.conf';

/** A program of Debian's own supervisord; that supervisord is a service of systemd is nothing that a document may use. */
export const SUPERVISED: Service = {
  manager: { kind: 'supervisor', socket: '/run/supervisor.sock', unit: 'dkron:dkron' },
  unknown: { kind: 'supervisor', socket: '/run/supervisor.sock', unit: 'cron' },
  state: "supervisorctl status dkron | awk '{print $2}'",
  running: 'RUNNING',
  stopped: 'STOPPED',
  pid: 'supervisorctl pid dkron',
  asOperated: `ls /etc/supervisor/conf.d; cat ${PROGRAM}; systemctl show supervisor --property ActiveState,MainPID,NRestarts`,
  left: 'find /etc/supervisor /run/systemd/system /etc/systemd/system -name "*requorum*"',
  start: 'supervisorctl start dkron || true',
  restart: 'supervisorctl restart dkron',
  kill: 'pkill -KILL -x dkron; true',
  crash:
    'supervisorctl start dkron; until supervisorctl status dkron | grep FATAL; do pkill -KILL -x dkron; done; true',
  givenUp: 'FATAL',
  tried: 'supervisorctl status dkron | grep -qE "STARTING|RUNNING|BACKOFF|FATAL|EXITED" && echo yes || true',
  alwaysRestart: `grep -q autorestart=true ${PROGRAM}`,
  restartAsInstalled: 'true',
};
