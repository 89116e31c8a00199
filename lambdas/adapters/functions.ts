import { RequorumError } from '../../lib/recovery/errors';
import { signedPost } from './signed-post';

/** Longest wait for another function, seconds; below the time limit of every function that asks. */
const TIMEOUT_SECONDS = 28;

/** Seconds to hand work over; Slack waits three for everything together. */
const HAND_OVER_SECONDS = 1.2;

const pathOf = (functionName: string): string =>
  `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`;

/**
 * Hands work to a function and does not wait for it.
 * @throws RequorumError Unexpected when nobody takes it
 */
export const handOver = async (functionName: string, payload: unknown): Promise<void> => {
  await signedPost({
    service: 'lambda',
    path: pathOf(functionName),
    headers: { 'content-type': 'application/json', 'x-amz-invocation-type': 'Event' },
    body: JSON.stringify(payload),
    timeoutSeconds: HAND_OVER_SECONDS,
  });
};

/**
 * Asks another function and waits for its result.
 * @throws RequorumError Unexpected when it cannot be asked or fails
 */
export const invoke = async (functionName: string, payload: unknown): Promise<unknown> => {
  const { text, headers } = await signedPost({
    service: 'lambda',
    path: pathOf(functionName),
    headers: { 'content-type': 'application/json', 'x-amz-invocation-type': 'RequestResponse' },
    body: JSON.stringify(payload),
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  if (headers.has('x-amz-function-error')) {
    throw new RequorumError('Unexpected', `function ${functionName} failed: ${text.slice(0, 500)}`);
  }
  return JSON.parse(text);
};
