import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import type * as z from 'zod';
import type { Target } from '../../lib/recovery/boundary';
import { RaftProbe } from '../../lib/recovery/survey';
import { DkronService } from '../../proto/gen/dkron/dkron';
import type { RaftGetConfigurationResponse } from '../../proto/gen/dkron/dkron';
import { hostPort, type NoAnswer } from './no-answer';

/** Both full names under which Dkron serves the same call (facts/dkron §2), the wider spread one first. */
const SERVICES = ['types.Dkron', 'types.v1.Dkron'] as const;
type Service = (typeof SERVICES)[number];

const CALL = DkronService.raftGetConfiguration;

const OPTIONS = {
  // A subchannel shared between probes would keep its back-off and call a server refused that is up again.
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_retries': 0,
  'grpc.enable_http_proxy': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc.max_receive_message_length': 1024 * 1024,
} as const;

type Answer = { readonly response: RaftGetConfigurationResponse } | { readonly error: ServiceError };

const call = (client: Client, service: Service, deadline: Date): Promise<Answer> =>
  new Promise((resolve) => {
    client.makeUnaryRequest(
      `/${service}/RaftGetConfiguration`,
      CALL.requestSerialize,
      CALL.responseDeserialize,
      {},
      new Metadata(),
      { deadline },
      (error, response) => {
        if (error) resolve({ error });
        else if (response) resolve({ response });
      },
    );
  });

const OUTCOMES: ReadonlyMap<number, NoAnswer['outcome']> = new Map([
  [status.DEADLINE_EXCEEDED, 'timed-out'],
  [status.UNIMPLEMENTED, 'absent'],
]);

const noAnswer = ({ code, details }: ServiceError): NoAnswer => {
  const isRefused = code === status.UNAVAILABLE && details.includes('ECONNREFUSED');
  const outcome = isRefused ? 'refused' : (OUTCOMES.get(code) ?? 'failed');
  return { outcome, detail: `gRPC ${status[code]}: ${details}`.slice(0, 300) };
};

const answered = (service: Service, { servers }: RaftGetConfigurationResponse): z.infer<typeof RaftProbe> => {
  const parsed = RaftProbe.safeParse({
    outcome: 'answered',
    service,
    servers: servers.map(({ id, address, voter, leader }) => ({
      id,
      address,
      suffrage: voter ? 'voter' : 'nonvoter',
      leader,
    })),
  });
  if (parsed.success) return parsed.data;
  return { outcome: 'failed', detail: `not a configuration: ${parsed.error.issues[0]?.message ?? ''}`.slice(0, 300) };
};

/**
 * The one gRPC call Requorum makes: RaftGetConfiguration, read-only (design rule 15). A server that lacks the service
 * under one name is asked under the other, and the name that worked is asked first next time.
 * Never rejects and never outlives `deadline`.
 */
export const dkronGrpc = () => {
  const known = new Map<string, Service>();
  return async ({ address, rpc }: Target, deadline: Date): Promise<z.infer<typeof RaftProbe>> => {
    const where = hostPort(address, rpc);
    const client = new Client(where, credentials.createInsecure(), OPTIONS);
    try {
      const first = known.get(where) ?? SERVICES[0];
      let last: NoAnswer = { outcome: 'absent', detail: '' };
      for (const service of [first, ...SERVICES.filter((other) => other !== first)]) {
        const answer = await call(client, service, deadline);
        if ('response' in answer) {
          known.set(where, service);
          return answered(service, answer.response);
        }
        last = noAnswer(answer.error);
        if (last.outcome !== 'absent') break;
      }
      return last;
    } finally {
      client.close();
    }
  };
};
