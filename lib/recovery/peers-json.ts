/**
 * The exact bytes of peers.json: two spaces, ordered by id, a newline at the end. Every survivor gets the same bytes, and
 * their sha256 is compared before anything starts (design rule 4). The port is Dkron's 6868 as found, never Nomad's 4647.
 */
export function peersJson(survivors: readonly { readonly id: string; readonly address: string }[]): string {
  const peers = [...survivors]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, address }) => ({ id, address, non_voter: false }));
  return `${JSON.stringify(peers, null, 2)}\n`;
}
