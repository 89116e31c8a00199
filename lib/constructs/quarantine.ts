import { Peer, Port, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { Cluster } from '../recovery/cluster';

/** The networks of the clusters: one quarantine group a VPC, and the VPC the prober looks from. */
export class Quarantine extends Construct {
  /** Group by VPC: no way in, and out only to HTTPS, so that the agent of a fenced host can still be reached. */
  readonly groups: Readonly<Record<string, string>>;
  readonly vpcs: ReadonlyMap<string, IVpc>;

  constructor(scope: Construct, id: string, clusters: readonly Cluster[]) {
    super(scope, id);
    const vpcs = new Map<string, IVpc>();
    const groups: Record<string, string> = {};
    for (const { vpc } of clusters) {
      if (!vpc || vpcs.has(vpc.vpcId)) continue;
      const { vpcId, availabilityZones, subnetIds } = vpc;
      const network = Vpc.fromVpcAttributes(this, vpcId, { vpcId, availabilityZones, privateSubnetIds: subnetIds });
      const group = new SecurityGroup(this, `Group-${vpcId}`, {
        vpc: network,
        description: 'Requorum quarantine: fenced Dkron servers reach nobody',
        allowAllOutbound: false,
      });
      group.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'Systems Manager');
      vpcs.set(vpcId, network);
      groups[vpcId] = group.securityGroupId;
    }
    this.vpcs = vpcs;
    this.groups = groups;
  }
}
