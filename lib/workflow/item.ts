/**
 * The item is the one JSON object that flows through the machine: `{case, inventory, …}`. Each state adds what it
 * found under its own key, by JSONata. Variables are not used: they end at the border of a Parallel.
 */
export type Expression = `{% ${string} %}`;

export const expression = (jsonata: string): Expression => `{% ${jsonata} %}`;

/** A value of the item. */
export const item = (path: string): Expression => expression(`$states.input.${path}`);

/** The item with more keys; the values are JSONata. */
export const itemWith = (keys: Readonly<Record<string, string>>): Expression => {
  const fields = Object.entries(keys).map(([key, jsonata]) => `'${key}': ${jsonata}`);
  return expression(`$merge([$states.input, {${fields.join(', ')}}])`);
};

/** What one-branch Parallels give is a list of one. */
export const ONLY_BRANCH = expression('$states.input[0]');

/** How the case ends, decided where it is decided: the outcome's name and a sentence. Values are JSONata. */
export const ending = (outcome: string, says: string): Readonly<Record<'ending', string>> => ({
  ending: `{'outcome': ${outcome}, 'says': ${says}, 'error': null}`,
});

/** The ending a decision names; `otherwise` when a bounded loop ran out before there was one. */
export const decided = (otherwise: string): Readonly<Record<'ending', string>> =>
  ending(
    `$states.input.decision.outcome ? $states.input.decision.outcome : '${otherwise}'`,
    '$states.input.decision.says',
  );

/** The ending after something was thrown, for a Catch. */
export const thrown = (outcome: string): Readonly<Record<'ending', string>> => ({
  ending: `{'outcome': '${outcome}', 'says': $states.errorOutput.Error, 'error': $states.errorOutput}`,
});

/** The run itself, for Open case and Close case. */
export const EXECUTION = {
  arn: expression('$states.context.Execution.Id'),
  name: expression('$states.context.Execution.Name'),
  startTime: expression('$states.context.Execution.StartTime'),
};
