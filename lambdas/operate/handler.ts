import * as z from 'zod';
import { OperateCollectInput, OperateSendInput } from '../../lib/recovery/boundary';
import { edge } from '../adapters/edge';
import { env } from '../adapters/env';
import { collect } from './collect';
import { operateFrom } from './operate';
import { send } from './send';

const Input = z.discriminatedUnion('action', [OperateSendInput, OperateCollectInput]);

/** Changes hosts, by documents and only as a person approved. */
export const handler = edge(Input, (input) => {
  switch (input.action) {
    case 'send':
      return send(operateFrom(env.operate()), input);
    case 'collect':
      return collect(input);
  }
});
