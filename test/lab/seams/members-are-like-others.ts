/* Rule 13 switched off for members of Auto Scaling groups: in service or not, they are stopped like any other host. */
export * from '../../../lib/recovery/auto-scaling';
export const endedByGroup = (): null => null;
