/**
 * Every code with which a host refuses a command, in one table (docs/errors.md is made from it too). A refusal is an expected
 * value: the host was not changed by that command, save where the text says otherwise.
 */
export const HOST_CODES = {
  BadOrders: {
    means: 'the parameter Orders could not be read',
    nextStep: 'send the document through Requorum, not by hand',
  },
  HostUnknown: {
    means: 'the host does not know its own instance id',
    nextStep: 'update the SSM agent, or allow IMDSv2 on the instance',
  },
  HostFailed: {
    means: 'something unforeseen happened in the script',
    nextStep: 'read <data-dir>/.requorum/<case> on the host and the command output, then undo the case',
  },
  PythonMissing: {
    means: 'python3 is not installed on the host',
    nextStep: 'install python3, or follow `requorum plan --by-hand`',
  },
  PythonIncomplete: {
    means: 'python3 lacks parts of its standard library',
    nextStep: 'install the whole python3 package (not python3-minimal)',
  },
  ForeignHost: {
    means: 'the orders are for other hosts',
    nextStep: 'open a new case: instances were replaced since the plan',
  },
  Late: {
    means: 'the command arrived after its deadline in the clock of the host',
    nextStep: 'open a new case; look at the clock of the host if this repeats',
  },
  LowerCounter: {
    means: 'a newer run has already worked on this host',
    nextStep: 'follow the newer case: requorum watch --cluster <name>',
  },
  Busy: {
    means: 'another command is still working on this data-dir',
    nextStep: 'wait until that command has ended, then run again',
  },
  DataDirMissing: {
    means: 'the data-dir of the plan does not exist',
    nextStep: 'mount the volume, or set the tag requorum:data-dir, then open a new case',
  },
  DiskNotWritable: {
    means: 'nothing can be written in the data-dir',
    nextStep: 'mount it so that it can be written, or make room for a few bytes, then open a new case',
  },
  ServiceManagerUnsupported: {
    means: 'Dkron is run by something this version cannot stop and start safely',
    nextStep: 'follow `requorum plan --by-hand` on this host',
  },
  ServiceManagerUnreachable: {
    means: 'the service manager does not answer',
    nextStep:
      'start supervisord, or correct the tag requorum:supervisor-socket; on systemd see whether `systemctl status` answers',
  },
  ServiceManagerRefused: {
    means: 'the service manager refused',
    nextStep: 'run `supervisorctl reread` or `systemctl status` on the host and correct what it says',
  },
  UnitUnknown: {
    means: 'the service manager has no program or service of that name',
    nextStep: 'correct the tag requorum:unit',
  },
  NoDropIn: {
    means: 'there is no directory where a temporary join list could be put',
    nextStep:
      'supervisord: add `[include] files=conf.d/*.conf` to supervisord.conf and create the directory; systemd: /run has to be writable',
  },
  ExchangeUnsupported: {
    means: 'the file system or kernel cannot exchange two names atomically',
    nextStep: 'follow `requorum plan --by-hand` on this host',
  },
  RaftNotADirectory: {
    means: '`raft` in the data-dir is there twice, or is a link or a mount point that is not emptied by a script',
    nextStep: 'follow `requorum plan --by-hand` on this host',
  },
  NoData: {
    means: 'there is no Raft data to hold',
    nextStep: 'open a new case: this server has lost its data since the plan',
  },
  HeldByOtherCase: {
    means: 'another case holds this data-dir',
    nextStep: 'undo that case, or follow <data-dir>/raft.held-<case>/README',
  },
  HoldDiffers: {
    means: 'the case that held this data-dir when the plan was made does not hold it any more',
    nextStep: 'open a new case: somebody has put the data back, or emptied the data-dir',
  },
  OldDataInPlace: {
    means: 'the old data lies in place, and this server is to be let in with none',
    nextStep: 'undo the case and open a new one; look who put the data back',
  },
  BootstrapNotOverridden: {
    means: 'the next start could not be told to join only: an empty server might become a cluster of its own',
    nextStep: 'set bootstrap-expect: 0 in the configuration of Dkron on this host, undo the case and open a new one',
  },
  NodeNameDiffers: {
    means: 'the next start would use another node name than the plan',
    nextStep: 'correct the node name in the configuration of Dkron, then open a new case',
  },
  AddressNotOwned: {
    means: 'the address of the plan is not an address of this host',
    nextStep: 'open a new case: addresses have changed',
  },
  PeersHashDiffers: {
    means: 'peers.json is not the approved one, byte for byte',
    nextStep: 'undo the case and open a new one; look who writes into the data-dir',
  },
  PeersLackHost: {
    means: 'peers.json does not list this host as a voter',
    nextStep: 'undo the case and open a new one',
  },
  LeaderPresent: {
    means: 'this host knows a leader: the quorum is back',
    nextStep: 'nothing to recover; run `requorum plan` to see the cluster as it is',
  },
  StillRunning: {
    means: 'something starts Dkron again and again on this data-dir; the hold was put back',
    nextStep: 'stop what starts it (the detail names the processes), then open a new case',
  },
  NoRoomForBackup: {
    means: 'there is no room for a copy of the data-dir; the hold was put back',
    nextStep: 'free space on the file system of the data-dir, then open a new case',
  },
  BackupDiffers: {
    means: 'a file changed or was damaged while it was copied; the hold was put back',
    nextStep: 'check the disk and what else writes into the data-dir',
  },
  NotHeld: {
    means: 'this case does not hold the data-dir',
    nextStep: 'undo the case and open a new one; somebody put the data back by hand',
  },
  FenceHold: {
    means: 'the data-dir is held as a fence: this server is excluded and must not start with its old data',
    nextStep: 'let it in again with an empty data-dir: requorum readmit --cluster <name> --server <id>',
  },
  AlreadyUndone: {
    means: 'this case was put back on this host before the command arrived',
    nextStep: 'nothing: the host is as it was found. To act on it, open a new case: requorum recover',
  },
  AlreadyReleased: {
    means: 'the server was released: a hold or an undo of that plan comes too late',
    nextStep: 'go forward: requorum plan shows what is left to do',
  },
  DkronMissing: {
    means: 'the program `dkron` of this host was not found',
    nextStep: 'remove the peer by hand: docs/runbook.md, "Remove peers"',
  },
  DkronFailed: {
    means: 'the command `dkron` of this host failed; the detail has its words',
    nextStep: 'run the same command on the host of the leader; docs/runbook.md, "Remove peers"',
  },
  NotLeader: {
    means: 'this host does not lead any more; nothing was removed here',
    nextStep: 'open a new case: it asks the leader of that moment',
  },
  PeerLeads: { means: 'the server to be removed is the leader itself', nextStep: 'retire it: requorum retire' },
  PeerDiffers: {
    means: 'the server has another address in the configuration than was approved',
    nextStep: 'open a new case: the server was replaced in the meantime',
  },
  PeerAnswers: {
    means: 'the server to be removed answers',
    nextStep: 'leave it; or take it out for good: requorum retire',
  },
  MajorityAtRisk: {
    means: 'too few servers answer to go on without that one',
    nextStep: 'start the servers that are down first: requorum recover',
  },
  PeerStays: {
    means: 'the leader was asked to remove the server and still lists it',
    nextStep: 'wait a minute and look again: requorum peers',
  },
  NoLeaderHere: {
    means: 'this server knows no leader, so it has nobody to leave',
    nextStep: 'open a new case: requorum recover',
  },
  NoLog: { means: 'there is no raft.db', nextStep: 'check the data-dir of this host' },
  LogForeign: {
    means: 'raft.db is not a bolt file',
    nextStep: 'restore raft.db from a backup, or leave this server out',
  },
  LogTorn: {
    means: 'raft.db is damaged or cut short',
    nextStep: 'check the disk; restore raft.db from a backup, or leave this server out',
  },
} as const satisfies Readonly<Record<string, { readonly means: string; readonly nextStep: string }>>;
