import { Control, FREE } from '../../lib/recovery/control';
import { readItem } from './read-item';
import type { Table } from './table';

const keyOf = (cluster: string) => ({ pk: `CLUSTER#${cluster}`, sk: 'CONTROL' });

/** Off switch and cool-down of a cluster; nothing stored is nothing said. */
export const controlStore = (table: Table) => {
  /** Each word is set whole, whatever the others are: there is no state to expect. */
  const set = async (cluster: string, change: Partial<Control>): Promise<Control> => {
    const item = await table.update(keyOf(cluster), change, [[{ absent: 'never' }]]);
    return readItem(Control, item, `the control of ${cluster}`) ?? FREE;
  };
  return {
    find: async (cluster: string): Promise<Control> =>
      readItem(Control, await table.get(keyOf(cluster)), `the control of ${cluster}`) ?? FREE,
    set,
  };
};
export type ControlStore = ReturnType<typeof controlStore>;
