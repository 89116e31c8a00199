/** A script that cuts a host off from these addresses and from nobody else, in both directions. */
export const partFrom = (addresses: readonly string[]): string =>
  [
    'nft add table inet parted',
    "nft 'add chain inet parted in { type filter hook input priority 0; }'",
    "nft 'add chain inet parted out { type filter hook output priority 0; }'",
    ...addresses.flatMap((address) => [
      `nft add rule inet parted in ip saddr ${address} drop`,
      `nft add rule inet parted out ip daddr ${address} drop`,
    ]),
  ].join('\n');

/** The other way round. */
export const HEAL = 'nft delete table inet parted';
