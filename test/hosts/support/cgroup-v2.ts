import { existsSync } from 'node:fs';

/** A word of `npm run test:hosts` that is not Jest's. */
export const CGROUP_V2 = '--cgroup-v2';

const UNIFIED = '/sys/fs/cgroup/cgroup.controllers';
// Docker's daemon would go on seeing what the machine has.
const SHOW =
  'umount --lazy /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup && export REQUORUM_ENGINE=podman && exec "$@"';

/**
 * argv that runs a command where control groups are of version 2, as they are on a distribution of today. On a machine that has
 * version 1 only this process and what it starts see it so, without controllers: systemd needs none to tell services apart.
 * `/proc/PID/cgroup` there names hierarchies of both versions, as on a host that mounts the old one for its containers.
 */
export const onCgroupV2 = (argv: readonly string[]): readonly string[] =>
  existsSync(UNIFIED)
    ? argv
    : ['unshare', '--mount', '--propagation', 'private', '--', 'sh', '-c', SHOW, 'sh', ...argv];
