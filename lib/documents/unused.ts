const DEFINITION = /^( ?)def (\w+)\(/;
/** Methods of classes with such a base are called by the library. */
const FOREIGN_CLASS = /^class \w+\([^)]*\./;

/**
 * A script without the functions and methods that nothing in it names, since the document's size counts and no document needs
 * all of a module. By text, in strings too: what is named anywhere stays, save by a namesake's own first line.
 */
export function withoutUnused(lines: readonly string[]): readonly string[] {
  const unused = definitions(lines).find(({ name, from, to }) => {
    const rest = [...lines.slice(0, from), ...lines.slice(to)].filter((line) => DEFINITION.exec(line)?.[2] !== name);
    return !new RegExp(`\\b${name}\\b`).test(rest.join('\n'));
  });
  return unused ? withoutUnused([...lines.slice(0, unused.from), ...lines.slice(unused.to)]) : lines;
}

function definitions(lines: readonly string[]): { name: string; from: number; to: number }[] {
  let foreign = false;
  return lines.flatMap((line, from) => {
    if (/^\S/.test(line)) foreign = FOREIGN_CLASS.test(line);
    const [, indent = '', name = ''] = DEFINITION.exec(line) ?? [];
    if (!name || name.startsWith('__') || foreign) return [];
    const ends = lines.findIndex((other, at) => at > from && other.search(/\S/) <= indent.length);
    return [{ name, from, to: ends < 0 ? lines.length : ends }];
  });
}
