"""Remove peer: servers that cannot come back leave the configuration, by id, on the leader's own host."""
from guard import guard, supervised
from localhttp import leads
from membership import answers, ask_dkron, dkron_binary, list_peers
from result import Refused


def remove_peer(orders, host_id):
    order = guard(orders, host_id)
    binary = dkron_binary(supervised(order))
    own = order['address']
    if not leads(order['http']):
        raise Refused('NotLeader', '%s does not lead' % order['nodeName'])
    listed = list_peers(binary, own)
    going = [peer for peer in order['peers'] if peer['id'] in listed]
    look(binary, order, going, listed)
    removed = []
    for peer in going:
        try:
            take_out(binary, own, peer['id'])
        except Refused as no:
            raise Refused(no.code, '%s; removed before: %s' % (no.detail, ', '.join(removed) or 'nobody'))
        removed.append(peer['id'])
    return {
        'outcome': 'removed' if removed else 'already-removed',
        'hostId': host_id,
        'removed': removed,
        'left': sorted(list_peers(binary, own)),
        'detail': '',
    }


def look(binary, order, going, listed):
    """All of them before the first one goes: never the leader, nor who answers, nor so that the rest could not go on."""
    for peer in going:
        if peer['id'] == order['nodeName']:
            raise Refused('PeerLeads', peer['id'])
        if listed[peer['id']] != peer['address']:
            raise Refused('PeerDiffers', '%s is at %s now, approved %s' % (peer['id'], listed[peer['id']], peer['address']))
        if answers(binary, peer['address']):
            raise Refused('PeerAnswers', '%s at %s' % (peer['id'], peer['address']))
    gone = [order['nodeName']] + [peer['id'] for peer in going]
    staying = [address for name, address in sorted(listed.items()) if name not in gone]
    alive = 1 + len([address for address in staying if answers(binary, address)])
    if going and alive <= len(listed) // 2:
        raise Refused('MajorityAtRisk', '%d of %d answer without %s' % (alive, len(listed), ', '.join(gone[1:])))


def take_out(binary, own, peer_id):
    ask_dkron(binary, ['raft', 'remove-peer', '--peer-id', peer_id, '--rpc-addr', own])
    if peer_id in list_peers(binary, own):
        raise Refused('PeerStays', '%s after its removal' % peer_id)
