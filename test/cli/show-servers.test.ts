import { plainInk } from '../../lib/cli/ink';
import { legendOf, showServers } from '../../lib/cli/show-servers';
import { POWERED_ON, QUORUM_LOST, THREE_STARTED } from '../support/chapters';

describe('the servers of a plan', () => {
  /** The three servers, each with a log that ends at `term:index`. */
  const rows = (...ends: readonly (readonly [term: number, index: number])[]): string[] => {
    const servers = THREE_STARTED.briefing.servers.map((server, at) => {
      const [lastTerm = 0, lastIndex = 0] = ends[at] ?? [];
      return { ...server, position: { id: server.id, lastTerm, lastIndex, jobs: null } };
    });
    return showServers(servers, null, { ink: plainInk, width: 120 }).filter((line) => line.includes('log '));
  };

  test('the bar of a server that lacks one entry of a long log is not full', () => {
    const [first, second] = rows([2, 1_000_000], [2, 999_999], [2, 1_000_000]);
    expect(first).toMatch(/ ████████ log 2:1000000$/);
    expect(second).toMatch(/ ███████░ log 2:999999, 1 behind$/);
  });

  test('a shorter log of a later term is the freshest, and entries of an older one are not counted against it', () => {
    const [first, second] = rows([3, 10], [2, 500], [2, 500]);
    expect(first).toMatch(/ ████████ log 3:10$/);
    expect(second).toMatch(/░ log 2:500, older term$/);
  });

  test('the legend explains the glyphs that are used, and no others', () => {
    expect(legendOf(QUORUM_LOST.briefing.servers)).toBe('● answers  ? unreachable  ✕ gone');
    expect(legendOf(POWERED_ON.briefing.servers)).toBe('● answers  ◐ silent, has its data  ✕ gone');
  });

  test('a log goes to a line of its own for all servers as soon as one does not fit beside', () => {
    const { plan, briefing } = QUORUM_LOST;
    const at = (width: number): number => showServers(briefing.servers, plan, { ink: plainInk, width }).length;
    expect(at(120)).toBe(6);
    expect(at(80)).toBe(9);
  });
});
