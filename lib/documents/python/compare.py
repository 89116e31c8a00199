"""What was approved must be true of this host before it is touched."""
from result import Refused
from settings import owns_address, split_address


def same_server(order, unit):
    """The name of its next start, and an address of its own."""
    told = unit.settings()
    if told.node_name()[0] != order['nodeName']:
        raise Refused('NodeNameDiffers', 'approved %s, next start %s' % (order['nodeName'], told.node_name()[0]))
    address = split_address(order['address'], 0)[0]
    advertised = split_address(told.value('advertise-addr')[0], 0)[0]
    if address != advertised and not owns_address(address):
        raise Refused('AddressNotOwned', address)
