import {
  DescribeAutoScalingGroupsCommand,
  DetachInstancesCommand,
  type DetachInstancesCommandInput,
  SetDesiredCapacityCommand,
  type SetDesiredCapacityCommandInput,
} from '@aws-sdk/client-auto-scaling';
import {
  DescribeLaunchTemplateVersionsCommand,
  EC2ServiceException,
  type ResponseLaunchTemplateData,
  RunInstancesCommand,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { FakeFleet, type FakeInstance, instance } from './fake-fleet';

/*
 * A fleet that can grow, by a launch template or by its Auto Scaling group `dkron-servers`. Its promises:
 * - RunInstances with a token that was used gives the instance of that time and makes none (EC2's idempotency);
 * - the group launches and ends nothing by itself: `launchMissing` is its next moment, in the groups of its template;
 * - a member that is detached is a member no more, and the group wants one fewer.
 */
export class LaunchingFleet extends FakeFleet {
  template: ResponseLaunchTemplateData | null = { SecurityGroupIds: ['sg-dkron'] };
  readonly group = { desired: 0, most: 5, suspended: [] as string[] };
  readonly asked: RunInstancesCommandInput[] = [];
  /** What EC2 says in place of launching. */
  refusal: EC2ServiceException | null = null;
  /** Whether an instance that was made is shown at once; EC2 may take a moment. */
  shows = true;
  private readonly hidden: FakeInstance[] = [];

  constructor(instances: readonly Partial<FakeInstance>[]) {
    super(instances);
    this.group.desired = this.members.length;
    this.ec2.on(DescribeLaunchTemplateVersionsCommand).callsFake(() => ({
      LaunchTemplateVersions: this.template ? [{ LaunchTemplateData: this.template }] : [],
    }));
    this.ec2.on(RunInstancesCommand).callsFake(async (input: RunInstancesCommandInput) => {
      await this.change(`launch of ${input.LaunchTemplate?.LaunchTemplateId} version ${input.LaunchTemplate?.Version}`);
      if (this.refusal) throw this.refusal;
      this.asked.push(input);
      if (this.ofToken(input.ClientToken)) return {};
      const tags = Object.fromEntries(
        (input.TagSpecifications?.[0]?.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]),
      );
      const groups = input.SecurityGroupIds ?? input.NetworkInterfaces?.[0]?.Groups ?? [];
      this.make({ state: 'pending', groups: [...groups], tags, clientToken: input.ClientToken });
      return {};
    });
    this.groups.on(DescribeAutoScalingGroupsCommand).callsFake(() => ({
      AutoScalingGroups: [
        {
          AutoScalingGroupName: 'dkron-servers',
          Tags: [{ Key: 'dkron-cluster', Value: 'demo', PropagateAtLaunch: true }],
          DesiredCapacity: this.group.desired,
          MaxSize: this.group.most,
          Instances: this.members.map(({ id, state }) => ({
            InstanceId: id,
            LifecycleState: state === 'pending' ? 'Pending' : 'InService',
          })),
          SuspendedProcesses: this.group.suspended.map((ProcessName) => ({ ProcessName })),
        },
      ],
    }));
    this.groups.on(SetDesiredCapacityCommand).callsFake(async (input: SetDesiredCapacityCommandInput) => {
      await this.change(`${input.AutoScalingGroupName} wants ${input.DesiredCapacity}`);
      this.group.desired = input.DesiredCapacity ?? 0;
      return {};
    });
    this.groups.on(DetachInstancesCommand).callsFake(async (input: DetachInstancesCommandInput) => {
      const [id = ''] = input.InstanceIds ?? [];
      await this.change(`${id} out of ${input.AutoScalingGroupName}`);
      this.of(id).group = null;
      if (input.ShouldDecrementDesiredCapacity) this.group.desired -= 1;
      return {};
    });
  }

  /** The group does what it was asked for. */
  launchMissing(): void {
    while (this.members.length < this.group.desired) this.make({ state: 'pending', group: 'dkron-servers' });
  }

  show(): void {
    for (const one of this.hidden.splice(0)) this.instances.set(one.id, one);
    this.shows = true;
  }

  private get members(): FakeInstance[] {
    return [...this.instances.values()].filter(({ group, state }) => group !== null && state !== 'terminated');
  }

  private ofToken(token: string | undefined): boolean {
    return [...this.instances.values(), ...this.hidden].some(({ clientToken }) => clientToken === token);
  }

  private make(given: Partial<FakeInstance>): void {
    const made = instance(this.instances.size + this.hidden.length + 1, given);
    if (this.shows) this.instances.set(made.id, made);
    else this.hidden.push(made);
  }
}

/** An error of EC2's own, as the SDK throws it. */
export const ec2Says = (name: string, message: string): EC2ServiceException =>
  new EC2ServiceException({ name, message, $fault: 'client', $metadata: {} });
