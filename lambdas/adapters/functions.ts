import { RequorumError } from '../../lib/recovery/errors';
import { signedPost } from './signed-post';

/** Longest wait for another function, seconds; below the time limit of every function that asks. */
const TIMEOUT_SECONDS = 28;

/**
 * Asks another function and waits for its result.
 * @throws RequorumError Unexpected when it cannot be asked or fails
 */
export const invoke = async (functionName: string, payload: unknown): Promise<unknown> => {
  const { text, headers } = await signedPost({
    service: 'lambda',
    path: `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`,
    headers: { 'content-type': 'application/json', 'x-amz-invocation-type': 'RequestResponse' },
    body: JSON.stringify(payload),
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  if (headers.has('x-amz-function-error')) {
    throw new RequorumError('Unexpected', `function ${functionName} failed: ${text.slice(0, 500)}`);
  }
  return JSON.parse(text);
};
