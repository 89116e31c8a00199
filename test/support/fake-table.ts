import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { GetCommandInput, PutCommandInput, QueryCommandInput, UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';

/*
 * DynamoDB as far as the stores use it, in memory, behind the SDK's own commands. Its promises:
 * - one item per pk and sk; a Get or Query gives copies, so that no caller can change the store by its hand;
 * - a condition is checked and the write is done in one step, and nothing is written when it does not hold
 *   (ConditionalCheckFailedException);
 * - the grammar it understands is `(c AND c) OR (c)`, c one of `#n = :v`, attribute_exists(#n),
 *   attribute_not_exists(#n); `SET #a = :v, #a.#b = :v REMOVE #a`; anything else throws, as DynamoDB would;
 * - setting inside a map that is not there is a ValidationException;
 * - a Query gives sk BETWEEN :from AND :to in order, in pages of `pageSize`;
 * - names and values that no expression uses are a ValidationException.
 */
type Item = Record<string, unknown>;
type Names = Record<string, string> | undefined;

const failure = (name: string, message: string): Error => Object.assign(new Error(message), { name });
const copy = <T>(value: T): T => structuredClone(value);
const keyOf = ({ pk, sk }: Item): string => `${String(pk)}|${String(sk)}`;

const resolved = (name: string, names: Names): string => {
  const attribute = names?.[name];
  if (attribute === undefined) throw failure('ValidationException', `undefined name ${name}`);
  return attribute;
};

const clauseHolds = (clause: string, item: Item | undefined, names: Names, values: Item | undefined): boolean => {
  const presence = /^attribute_(not_)?exists\((#\w+)\)$/.exec(clause);
  if (presence?.[2] !== undefined) {
    const isThere = item !== undefined && resolved(presence[2], names) in item;
    return presence[1] === undefined ? isThere : !isThere;
  }
  const equals = /^(#\w+) = (:\w+)$/.exec(clause);
  if (equals?.[1] === undefined || equals[2] === undefined) throw failure('ValidationException', `syntax: ${clause}`);
  if (!values || !(equals[2] in values)) throw failure('ValidationException', `undefined value ${equals[2]}`);
  return item !== undefined && item[resolved(equals[1], names)] === values[equals[2]];
};

const conditionHolds = (
  expression: string | undefined,
  item: Item | undefined,
  names: Names,
  values: Item | undefined,
): boolean =>
  expression === undefined ||
  expression
    .split(' OR ')
    .map((row) => row.replace(/^\((.*)\)$/, '$1').split(' AND '))
    // Every clause is read, so that a wrong one is found also where another one decides.
    .map((clauses) => clauses.map((clause) => clauseHolds(clause, item, names, values)).every(Boolean))
    .some(Boolean);

const parentOf = (item: Item, path: readonly string[]): Item =>
  path.slice(0, -1).reduce<Item>((map, part) => {
    const inner = map[part];
    if (typeof inner !== 'object' || inner === null) throw failure('ValidationException', `no map at ${part}`);
    return inner as Item;
  }, item);

const applied = (expression: string, item: Item, names: Names, values: Item | undefined): Item => {
  const next = copy(item);
  const [, sets = '', removes = ''] = /^(?:SET (.*?))?(?: ?REMOVE (.*))?$/.exec(expression) ?? [];
  const pathOf = (path: string): string[] => path.split('.').map((name) => resolved(name, names));
  for (const assignment of sets === '' ? [] : sets.split(', ')) {
    const [path = '', value = ''] = assignment.split(' = ');
    if (!values || !(value in values)) throw failure('ValidationException', `undefined value ${value}`);
    parentOf(next, pathOf(path))[pathOf(path).at(-1) ?? ''] = copy(values[value]);
  }
  for (const path of removes === '' ? [] : removes.split(', ')) {
    delete parentOf(next, pathOf(path))[pathOf(path).at(-1) ?? ''];
  }
  return next;
};

const assertAllUsed = (expressions: readonly (string | undefined)[], names: Names, values: Item | undefined): void => {
  const used = new Set(expressions.join(' ').match(/[#:]\w+/g) ?? []);
  const unused = [...Object.keys(names ?? {}), ...Object.keys(values ?? {})].filter((name) => !used.has(name));
  if (unused.length > 0) throw failure('ValidationException', `unused: ${unused.join(', ')}`);
};

export class FakeTable {
  readonly items = new Map<string, Item>();
  private readonly failing = new Set<'get' | 'put'>();
  private readonly dynamo = mockClient(DynamoDBDocumentClient);

  constructor(private readonly pageSize = 3) {
    this.dynamo.on(GetCommand).callsFake((input: GetCommandInput) => this.get(input));
    this.dynamo.on(PutCommand).callsFake((input: PutCommandInput) => this.put(input));
    this.dynamo.on(UpdateCommand).callsFake((input: UpdateCommandInput) => this.update(input));
    this.dynamo.on(QueryCommand).callsFake((input: QueryCommandInput) => this.query(input));
  }

  at(key: Item): Item | undefined {
    return this.items.get(keyOf(key));
  }

  /** Makes the next call of a kind fail, as a network would. */
  failOnce(command: 'get' | 'put'): void {
    this.failing.add(command);
  }

  restore(): void {
    this.dynamo.restore();
  }

  private failIfAsked(command: 'get' | 'put'): void {
    if (this.failing.delete(command)) throw failure('TimeoutError', 'the table does not answer');
  }

  private get({ Key = {} }: GetCommandInput): object {
    this.failIfAsked('get');
    return { Item: copy(this.at(Key)) };
  }

  private put({ Item: item = {}, ...rest }: PutCommandInput): object {
    this.failIfAsked('put');
    const { ConditionExpression, ExpressionAttributeNames: names, ExpressionAttributeValues: values } = rest;
    assertAllUsed([ConditionExpression], names, values);
    this.assertCondition(ConditionExpression, item, names, values);
    this.items.set(keyOf(item), copy(item));
    return {};
  }

  private update({ Key: key = {}, UpdateExpression = '', ConditionExpression, ...rest }: UpdateCommandInput): object {
    const { ExpressionAttributeNames: names, ExpressionAttributeValues: values } = rest;
    assertAllUsed([UpdateExpression, ConditionExpression], names, values);
    this.assertCondition(ConditionExpression, key, names, values);
    const next = applied(UpdateExpression, this.at(key) ?? key, names, values);
    this.items.set(keyOf(key), next);
    return { Attributes: copy(next) };
  }

  private query({
    ExpressionAttributeValues: values,
    ScanIndexForward = true,
    Limit,
    ExclusiveStartKey,
  }: QueryCommandInput): object {
    const { ':pk': pk, ':from': from, ':to': to } = values as Record<string, string>;
    const all = [...this.items.values()]
      .filter((item) => item['pk'] === pk && String(item['sk']) >= String(from) && String(item['sk']) <= String(to))
      .sort((a, b) => (String(a['sk']) < String(b['sk']) ? -1 : 1));
    const ordered = ScanIndexForward ? all : all.reverse();
    const start = ExclusiveStartKey ? ordered.findIndex((item) => item['sk'] === ExclusiveStartKey['sk']) + 1 : 0;
    const page = ordered.slice(start, start + Math.min(this.pageSize, Limit ?? this.pageSize));
    const last = page.at(-1);
    const isMore = last !== undefined && start + page.length < ordered.length;
    return { Items: copy(page), ...(isMore && { LastEvaluatedKey: { pk: last['pk'], sk: last['sk'] } }) };
  }

  private assertCondition(expression: string | undefined, key: Item, names: Names, values: Item | undefined): void {
    if (conditionHolds(expression, this.at(key), names, values)) return;
    throw failure('ConditionalCheckFailedException', 'The conditional request failed');
  }
}
