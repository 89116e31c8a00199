import * as z from 'zod';
import { RequorumError } from '../../lib/recovery/errors';

/**
 * What a store gave back, in the form it was written in.
 * @throws RequorumError StoreUnavailable when it has another form
 */
export const readItem = <S extends z.ZodType>(schema: S, item: unknown, what: string): z.output<S> | null => {
  if (item === null || item === undefined) return null;
  const parsed = schema.safeParse(item);
  if (parsed.success) return parsed.data;
  throw new RequorumError('StoreUnavailable', `${what} is not in the expected form: ${z.prettifyError(parsed.error)}`);
};
