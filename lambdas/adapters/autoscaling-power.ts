import {
  AttachInstancesCommand,
  AutoScalingClient,
  AutoScalingServiceException,
  EnterStandbyCommand,
  ExitStandbyCommand,
  ResumeProcessesCommand,
  SetInstanceHealthCommand,
  SuspendProcessesCommand,
} from '@aws-sdk/client-auto-scaling';

const client = new AutoScalingClient({});

/*
 * What changes Auto Scaling groups that hosts belong to. Apart from autoscaling.ts, which only describes. Nothing here ends an
 * instance.
 */

export const suspendProcesses = async (group: string, processes: readonly string[]): Promise<void> => {
  await client.send(new SuspendProcessesCommand({ AutoScalingGroupName: group, ScalingProcesses: [...processes] }));
};

export const resumeProcesses = async (group: string, processes: readonly string[]): Promise<void> => {
  await client.send(new ResumeProcessesCommand({ AutoScalingGroupName: group, ScalingProcesses: [...processes] }));
};

/** The group wants one fewer: without that it would launch another in its stead as soon as it may. */
export const enterStandby = async (group: string, instanceId: string): Promise<void> => {
  const lower = { ShouldDecrementDesiredCapacity: true };
  await client.send(new EnterStandbyCommand({ AutoScalingGroupName: group, InstanceIds: [instanceId], ...lower }));
};

/** The group wants one more again. Only for an instance that runs: one that does not is ended by the group at once. */
export const exitStandby = async (group: string, instanceId: string): Promise<void> => {
  await client.send(new ExitStandbyCommand({ AutoScalingGroupName: group, InstanceIds: [instanceId] }));
};

/** The group wants one more by itself; refused where that is over its MaxSize, or the instance is another group's. */
export const attach = async (group: string, instanceId: string): Promise<void> => {
  await client.send(new AttachInstancesCommand({ AutoScalingGroupName: group, InstanceIds: [instanceId] }));
};

/** A mark of Unhealthy stays until somebody takes it away, or the group ends the instance. */
export const setHealthy = async (instanceId: string): Promise<void> => {
  const HealthStatus = 'Healthy';
  await client.send(
    new SetInstanceHealthCommand({ InstanceId: instanceId, HealthStatus, ShouldRespectGracePeriod: false }),
  );
};

/** Auto Scaling said no, and it may say yes at the next look: another activity of the group, a limit, a state in between. */
export const isRefusal = (thrown: unknown): thrown is AutoScalingServiceException =>
  thrown instanceof AutoScalingServiceException &&
  thrown.$fault === 'client' &&
  !/AccessDenied|Unauthorized/.test(thrown.name);
