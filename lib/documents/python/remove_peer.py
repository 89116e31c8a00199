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
    removed = []
    for peer in order['peers']:
        listed = list_peers(binary, own)
        if peer['id'] not in listed:
            continue
        look(binary, order, peer, listed)
        ask_dkron(binary, ['raft', 'remove-peer', '--peer-id', peer['id'], '--rpc-addr', own])
        if peer['id'] in list_peers(binary, own):
            raise Refused('PeerStays', '%s after its removal' % peer['id'])
        removed.append(peer['id'])
    return {
        'outcome': 'removed' if removed else 'already-removed',
        'hostId': host_id,
        'removed': removed,
        'left': sorted(list_peers(binary, own)),
        'detail': '',
    }


def look(binary, order, peer, listed):
    """Never the leader itself, never a server that answers, and never so that the rest could not go on without it."""
    if peer['id'] == order['nodeName']:
        raise Refused('PeerLeads', peer['id'])
    if listed[peer['id']] != peer['address']:
        raise Refused('PeerDiffers', '%s is at %s now, approved %s' % (peer['id'], listed[peer['id']], peer['address']))
    if answers(binary, peer['address']):
        raise Refused('PeerAnswers', '%s at %s' % (peer['id'], peer['address']))
    others = [address for name, address in sorted(listed.items()) if name not in (peer['id'], order['nodeName'])]
    alive = 1 + len([address for address in others if answers(binary, address)])
    if alive <= len(listed) // 2:
        raise Refused('MajorityAtRisk', '%d of %d answer without %s' % (alive, len(listed), peer['id']))
