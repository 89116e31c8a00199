/** What must hold of one attribute for a write to happen. */
type Clause =
  | { readonly absent: string }
  | { readonly present: string }
  | { readonly attribute: string; readonly equals: string | number | boolean };

/** All clauses of at least one row must hold. */
export type When = readonly (readonly Clause[])[];

interface Expression {
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
}

/** The written form of a condition, as DynamoDB reads it. */
export const conditionOf = (when: When | undefined): Expression => {
  if (when === undefined) return {};
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const nameOf = (attribute: string): string => {
    const name = `#c${Object.keys(names).length}`;
    names[name] = attribute;
    return name;
  };
  const clauseOf = (clause: Clause): string => {
    if ('absent' in clause) return `attribute_not_exists(${nameOf(clause.absent)})`;
    if ('present' in clause) return `attribute_exists(${nameOf(clause.present)})`;
    const value = `:c${Object.keys(values).length}`;
    values[value] = clause.equals;
    return `${nameOf(clause.attribute)} = ${value}`;
  };
  const ConditionExpression = when.map((row) => `(${row.map(clauseOf).join(' AND ')})`).join(' OR ');
  return {
    ConditionExpression,
    ExpressionAttributeNames: names,
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
};

/** `a.b` sets b inside the map a, which must be there. Null takes the attribute away. */
export const setOf = (set: Readonly<Record<string, unknown>>) => {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const pathOf = (attribute: string, index: number): string =>
    attribute
      .split('.')
      .map((part, depth) => {
        const name = `#s${index}_${depth}`;
        names[name] = part;
        return name;
      })
      .join('.');
  const entries = Object.entries(set).map(([attribute, value], index) => ({ path: pathOf(attribute, index), value }));
  const sets = entries
    .filter(({ value }) => value !== null)
    .map(({ path, value }, index) => {
      values[`:s${index}`] = value;
      return `${path} = :s${index}`;
    });
  const removes = entries.filter(({ value }) => value === null).map(({ path }) => path);
  const UpdateExpression = [
    ...(sets.length > 0 ? [`SET ${sets.join(', ')}`] : []),
    ...(removes.length > 0 ? [`REMOVE ${removes.join(', ')}`] : []),
  ].join(' ');
  return { UpdateExpression, names, values };
};
