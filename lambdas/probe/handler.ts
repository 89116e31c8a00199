import { ProbeInput } from '../../lib/recovery/boundary';
import { NetworkView } from '../../lib/recovery/survey';
import { dkronGrpc } from '../adapters/dkron-grpc';
import { edge } from '../adapters/edge';
import { probe } from './probe';

const raftConfiguration = dkronGrpc();

/** The prober: in the VPC, without any AWS API (design §5). */
export const handler = edge(ProbeInput, (input) => probe(input, raftConfiguration), { outputSchema: NetworkView });
