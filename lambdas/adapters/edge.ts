import * as z from 'zod';
import type { ErrorCode } from '../../lib/recovery/errors';
import { RequorumError } from '../../lib/recovery/errors';
import { log } from './log';

interface Options {
  /** Checks what leaves the function as well: the boundary binds both sides. */
  readonly outputSchema?: z.ZodType;
}

/** What the edge reads of Lambda's context; absent in tests. */
interface LambdaContext {
  readonly awsRequestId?: string;
}

/** Fields of any event that name the work in every log line. */
const LogKeys = z.looseObject({
  action: z.string().optional(),
  phase: z.string().optional(),
  case: z.looseObject({ caseId: z.string(), cluster: z.string() }).nullish(),
});

const logKeysOf = (event: unknown) => {
  const seen = LogKeys.safeParse(event);
  if (!seen.success) return {};
  const { action, phase, case: ref } = seen.data;
  return { action, phase: phase ?? action, case: ref?.caseId, cluster: ref?.cluster };
};

const valueAt = (input: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    input,
  );

/** Cut short: a wrong value is shown to be recognised, not to be copied into the log whole. */
const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 80);

const parse = <S extends z.ZodType>(schema: S, value: unknown, what: string, code: ErrorCode): z.output<S> => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path ?? [];
  const field = path.length === 0 ? what : path.map(String).join('.');
  throw new RequorumError(code, `${field}: ${issue?.message}; got ${shown(valueAt(value, path))}`);
};

/**
 * The edge of every function: parse, run, hand out. Whatever is thrown inside leaves as one RequorumError, whose name
 * is its code, because logs and Step Functions show the name.
 * @throws RequorumError BadInput naming the field and its value; else what `run` throws, Unexpected for anything foreign
 */
export const edge =
  <S extends z.ZodType, R>(schema: S, run: (input: z.output<S>) => R, { outputSchema }: Options = {}) =>
  async (event: unknown, context: LambdaContext = {}): Promise<Awaited<R>> => {
    log.resetKeys();
    log.appendKeys({ ...logKeysOf(event), requestId: context.awsRequestId });
    try {
      const result = await run(parse(schema, event, 'event', 'BadInput'));
      if (outputSchema) parse(outputSchema, result, 'result', 'Unexpected');
      log.info('done');
      return result;
    } catch (thrown) {
      const error = RequorumError.from(thrown);
      log.error(error.detail, error);
      throw error;
    }
  };
