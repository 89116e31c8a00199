import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { RequorumError } from '../../lib/recovery/errors';
import type { When } from './table-expressions';
import { conditionOf, setOf } from './table-expressions';

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}), {
  marshallOptions: { removeUndefinedValues: true },
});

export interface Key {
  readonly pk: string;
  readonly sk: string;
}
export type Item = Readonly<Record<string, unknown>>;

const hasKeys = (map: Readonly<Record<string, unknown>>): boolean => Object.keys(map).length > 0;

const isConditionFailed = (thrown: unknown): boolean =>
  thrown instanceof Error && thrown.name === 'ConditionalCheckFailedException';

const stored = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (thrown) {
    if (isConditionFailed(thrown)) throw thrown;
    throw new RequorumError('StoreUnavailable', `${what}: ${String(thrown)}`, { cause: thrown });
  }
};

/** A condition that does not hold is an answer, not an error. */
const unlessConditionFails = async <T, F>(work: Promise<T>, otherwise: F): Promise<T | F> => {
  try {
    return await work;
  } catch (thrown) {
    if (isConditionFailed(thrown)) return otherwise;
    throw thrown;
  }
};

/**
 * The one table: cases, leases, gates, inventories. Reads are consistent, because decisions rest on them; writes that
 * compete name the state they expect, and the table picks the winner.
 * @throws RequorumError StoreUnavailable
 */
export class Table {
  constructor(private readonly name: string) {}

  async get(key: Key): Promise<Item | null> {
    const { Item: item } = await stored(`reading ${key.pk}`, () =>
      client.send(new GetCommand({ TableName: this.name, Key: { ...key }, ConsistentRead: true })),
    );
    return item ?? null;
  }

  /** False when `when` does not hold; nothing is written then. Null is not stored: absence is the one form of "not yet". */
  put(key: Key, item: Item, when?: When): Promise<boolean> {
    const put = stored(`writing ${key.pk}`, async () => {
      const attributes = Object.fromEntries(Object.entries(item).filter(([, value]) => value !== null));
      await client.send(
        new PutCommand({ TableName: this.name, Item: { ...attributes, ...key }, ...conditionOf(when) }),
      );
      return true;
    });
    return unlessConditionFails(put, false);
  }

  /** The whole item as it is now; null when `when` does not hold. A dot in an attribute's name goes into a map. */
  update(key: Key, set: Item, when: When): Promise<Item | null> {
    const { UpdateExpression, names, values } = setOf(set);
    const condition = conditionOf(when);
    const allValues = { ...values, ...condition.ExpressionAttributeValues };
    const update = stored(`updating ${key.pk}`, async () => {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName: this.name,
          Key: { ...key },
          UpdateExpression,
          ConditionExpression: condition.ConditionExpression,
          ExpressionAttributeNames: { ...names, ...condition.ExpressionAttributeNames },
          // DynamoDB refuses an empty map: taking attributes away needs no values.
          ...(hasKeys(allValues) && { ExpressionAttributeValues: allValues }),
          ReturnValues: 'ALL_NEW',
        }),
      );
      return Attributes ?? {};
    });
    return unlessConditionFails(update, null);
  }

  /** Items of one partition whose sort key lies in from ≤ sk ≤ to, oldest first unless told otherwise. */
  async query(
    pk: string,
    range: { readonly from: string; readonly to: string },
    { limit, newestFirst = false }: { readonly limit?: number; readonly newestFirst?: boolean } = {},
  ): Promise<Item[]> {
    const found: Item[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page = await stored(`reading ${pk}`, () =>
        client.send(
          new QueryCommand({
            TableName: this.name,
            KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
            ExpressionAttributeValues: { ':pk': pk, ':from': range.from, ':to': range.to },
            ConsistentRead: true,
            ScanIndexForward: !newestFirst,
            Limit: limit,
            ExclusiveStartKey: start,
          }),
        ),
      );
      found.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start !== undefined && (limit === undefined || found.length < limit));
    return found;
  }
}
