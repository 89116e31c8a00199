import type { Machines } from './machines';

const DROP_IN = '/run/systemd/system/dkron.service.d/90-test.conf';
const RAFT = '/var/lib/dkron/raft';

/** What the outage guide tells a person to do on the survivor: stop, peers.json with itself, start. */
export async function recoverByHand(machines: Machines, name: string, address: string, join?: string): Promise<void> {
  const peers = JSON.stringify([{ id: name, address: `${address}:6868`, non_voter: false }]);
  await stopByHand(machines, name);
  await machines.shell(
    name,
    [
      `printf '%s' '${peers}' > ${RAFT}/peers.json`,
      ...(join === undefined
        ? [`rm -f ${DROP_IN}`]
        : [`printf '[Service]\\nEnvironment=DKRON_RETRY_JOIN=${join}\\n' > ${DROP_IN}`]),
      'systemctl daemon-reload',
      'systemctl reset-failed dkron || true',
      'systemctl start dkron',
    ].join('\n'),
  );
}

/** At once and without a leave. */
export async function stopByHand(machines: Machines, name: string): Promise<void> {
  await machines.shell(
    name,
    [
      `mkdir -p $(dirname ${DROP_IN})`,
      `printf '[Service]\\nKillSignal=SIGKILL\\nRestart=no\\n' > ${DROP_IN}`,
      'systemctl daemon-reload',
      'systemctl stop dkron',
    ].join('\n'),
  );
}
