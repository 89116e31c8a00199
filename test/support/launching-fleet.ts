import {
  AttachInstancesCommand,
  type AttachInstancesCommandInput,
  AutoScalingServiceException,
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
 * A fleet that can grow by a launch template. Its promise: RunInstances with a token that was used gives the instance of that
 * time and makes none (EC2's idempotency).
 */
export class LaunchingFleet extends FakeFleet {
  template: ResponseLaunchTemplateData | null = { SecurityGroupIds: ['sg-dkron'] };
  readonly asked: RunInstancesCommandInput[] = [];
  /** What EC2 says in place of launching. */
  refusal: EC2ServiceException | null = null;
  /** What Auto Scaling says in place of taking a member. */
  attachRefusal = '';
  /** Whether an instance that was made is shown at once; EC2 may take a moment. */
  shows = true;
  private readonly hidden: FakeInstance[] = [];

  constructor(instances: readonly Partial<FakeInstance>[]) {
    super(instances);
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
    this.groups.on(AttachInstancesCommand).callsFake(async (input: AttachInstancesCommandInput) => {
      const [id = ''] = input.InstanceIds ?? [];
      if (this.attachRefusal) throw autoScalingSays(this.attachRefusal);
      await this.change(`${id} into ${input.AutoScalingGroupName}`);
      this.of(id).group = input.AutoScalingGroupName ?? null;
      return {};
    });
  }

  show(): void {
    for (const one of this.hidden.splice(0)) this.instances.set(one.id, one);
    this.shows = true;
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

const autoScalingSays = (message: string): AutoScalingServiceException =>
  new AutoScalingServiceException({ name: 'ValidationError', message, $fault: 'client', $metadata: {} });
