import { CLUSTER } from './lab';
import type { Lab } from './lab';

/** What a person can do in a lab that stays up. */
export function howToLookAround(lab: Lab): string[] {
  const named = `--name ${lab.name}`;
  return [
    '',
    `The lab ${lab.name} stays up. In a shell of yours:`,
    ...Object.entries(lab.env()).map(([name, value]) => `  export ${name}='${value}'`),
    `  npm run requorum -- verify --cluster ${CLUSTER}    # what is proved now`,
    `  npm run requorum -- recover --cluster ${CLUSTER}   # opens a case and asks`,
    `  npm run lab -- status ${named}   # its hosts`,
    `  npm run lab -- down ${named}     # ends it`,
    '',
  ];
}
