import * as z from 'zod';
import { FleetInput, InspectCollectInput, InspectSendInput } from '../../lib/recovery/boundary';
import { clusterNamed } from '../adapters/clusters';
import { edge } from '../adapters/edge';
import { env } from '../adapters/env';
import { collect } from './collect';
import { fleet } from './fleet';
import { send } from './send';

const Input = z.discriminatedUnion('action', [FleetInput, InspectSendInput, InspectCollectInput]);

/** Looks at fleet and hosts: describes, and the one read-only document. */
export const handler = edge(Input, (input) => {
  switch (input.action) {
    case 'fleet':
      return fleet(input, clusterNamed(input.case.cluster, env.inspect().clusters));
    case 'send':
      return send(input, env.inspect().documents.inspect);
    case 'collect':
      return collect(input);
  }
});
